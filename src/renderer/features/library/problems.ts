import { wordsFor } from '@/stores/report.ts'

/**
 * Which field of a form the engine found wrong, and why. What is wrong with the shape of the input names its whole way:
 * "meeting.organiser: …".
 * @param fields  those that show what is wrong with them; else it is "form"
 */
export function problemIn(error: unknown, fields: readonly string[]): { field: string; text: string } {
  const { field = '' } = (error as { data?: { field?: string } }).data ?? {}
  const words = wordsFor(error)
  const text = words.startsWith(`${field}: `) ? words.slice(field.length + 2) : words
  return { field: field.split('.').find((part) => fields.includes(part)) ?? 'form', text }
}
