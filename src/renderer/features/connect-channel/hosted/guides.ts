import { shallowRef } from 'vue'
import { i18n } from '@/i18n.ts'

/** How to forward mail at one provider. `{address}` and `{forwarding}` in a step stand for the two addresses. */
export type Guide = {
  id: string
  name: string
  /** Other words that people look for it by. */
  keywords: string[]
  /** What the names of its mail exchangers end with: chosen by itself where the DNS names one. */
  mx: string[]
  /** Who can do it, or what it costs. */
  needs?: string
  steps: string[]
  /** What else is worth knowing. */
  notes?: string[]
  /** The provider sends a mail with a code or a link first. */
  confirms: boolean
}

const files = import.meta.glob<{ default: { guides: Guide[] } }>(
  '../../../../../resources/forwarding-guides/*.json',
)

/** Every guide, in the user's language or in English; they are part of the program, so they need no network. */
export function useGuides() {
  const guides = shallowRef<readonly Guide[]>([])
  const fileOf = (locale: string) => Object.keys(files).find((path) => path.endsWith(`/${locale}.json`))
  const path = fileOf(i18n.global.locale.value) ?? fileOf('en')
  if (path) void files[path]?.().then((file) => (guides.value = file.default.guides))
  return guides
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** The guides that hold every word, best first: those whose name begins with it, then by name, then by text. */
export function searchGuides(guides: readonly Guide[], query: string): readonly Guide[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return guides
  const rank = (guide: Guide): number => {
    const name = plain(guide.name)
    const names = plain([guide.name, ...guide.keywords].join(' '))
    const all = plain([names, guide.needs ?? '', ...guide.steps, ...(guide.notes ?? [])].join(' '))
    if (!words.every((word) => all.includes(word))) return -1
    if (words.every((word) => name.startsWith(word))) return 3
    return words.every((word) => names.includes(word)) ? 2 : 1
  }
  return guides
    .map((guide) => ({ guide, rank: rank(guide) }))
    .filter((each) => each.rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .map((each) => each.guide)
}

/** The guide of the provider whose mail exchangers are named in what the DNS said; null when none is. */
export function guideFor(guides: readonly Guide[], evidence: readonly string[]): Guide | null {
  const text = evidence.join(' ').toLowerCase()
  return guides.find(({ mx }) => mx.some((ending) => text.includes(ending))) ?? null
}
