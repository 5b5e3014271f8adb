const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" }

/** The first words of HTML that the editor wrote, for a list. Not for mail, whose text the parser made. */
export function plainStart(html: string, length: number): string {
  return html
    .replace(/<[^>]*>?/g, ' ')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
}
