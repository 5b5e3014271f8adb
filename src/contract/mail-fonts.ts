/** Families that every mail client has; others would fall back at the recipient's anyway. */
export const MAIL_FONTS: readonly string[] = [
  'Arial',
  'Helvetica',
  'Verdana',
  'Tahoma',
  'Trebuchet MS',
  'Georgia',
  'Times New Roman',
  'Courier New',
]

/** A font family with those that stand in where a recipient's machine lacks it, as CSS. */
export function fontStack(name: string): string {
  if (/courier|consolas|mono|menlo/i.test(name)) return `${name}, monospace`
  if (/georgia|times|garamond|palatino|cambria|book antiqua/i.test(name)) return `${name}, serif`
  return [...new Set([name, 'Arial', 'Helvetica', 'sans-serif'])].join(', ')
}
