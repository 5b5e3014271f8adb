import type { ProviderGuide } from '@contract/hosted.ts'

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** The guides that hold every word, best first: those whose name begins with it, then by name, then by text. */
export function searchGuides(guides: readonly ProviderGuide[], query: string): readonly ProviderGuide[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return guides
  const rank = (guide: ProviderGuide): number => {
    const name = plain(guide.title)
    const names = plain([guide.title, ...guide.keywords].join(' '))
    if (words.every((word) => name.startsWith(word))) return 3
    if (words.every((word) => names.includes(word))) return 2
    const all = `${names} ${plain(guide.markdown)}`
    return words.every((word) => all.includes(word)) ? 1 : -1
  }
  return guides
    .map((guide) => ({ guide, rank: rank(guide) }))
    .filter((each) => each.rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .map((each) => each.guide)
}

/**
 * The guide of the provider that the DNS named; null when none is. Its keywords hold the domains of its mail exchangers,
 * and whole labels are compared: "acme.com" is not "me.com".
 */
export function guideFor(
  guides: readonly ProviderGuide[],
  evidence: readonly string[],
): ProviderGuide | null {
  const hosts = evidence.flatMap((line) => line.toLowerCase().match(/[a-z0-9-]+(?:\.[a-z0-9-]+)+/g) ?? [])
  const isWithin = (domain: string) => hosts.some((host) => host === domain || host.endsWith(`.${domain}`))
  return guides.find(({ keywords }) => keywords.some((word) => word.includes('.') && isWithin(word))) ?? null
}
