import {
  BookOpenText,
  CalendarClock,
  Clapperboard,
  FileText,
  Paperclip,
  ReceiptText,
  TextQuote,
} from '@lucide/vue'
import type { LibraryKind } from '@contract/library.ts'
import type { LibraryAudience } from '@contract/library-sharing.ts'
import type { TeamId } from '@contract/ids.ts'

export const kindIcons = {
  template: FileText,
  snippet: TextQuote,
  document: Paperclip,
  meeting: CalendarClock,
  article: BookOpenText,
  quote: ReceiptText,
  video: Clapperboard,
} as const
export const KINDS = [
  'template',
  'snippet',
  'document',
  'meeting',
  'article',
  'quote',
  'video',
] as const satisfies readonly LibraryKind[]

/** Kinds whose new ones begin in an editor; a document begins with its file. */
export const WRITTEN = ['template', 'snippet', 'article', 'meeting', 'quote', 'video'] as const
export type WrittenKind = (typeof WRITTEN)[number]

/** The kind of a new entry by its address; null for one that is there. */
export const newKind = (entry: string): WrittenKind | null =>
  WRITTEN.find((kind) => entry === `new-${kind}`) ?? null

/** With whom an entry is shared, as one value of a choice. */
export type AudienceValue = 'me' | 'everyone' | `team:${string}`

export const audienceValue = (audience: LibraryAudience, teamId: string | null): AudienceValue =>
  audience === 'team' ? `team:${teamId ?? ''}` : audience

export const audienceOf = (value: AudienceValue): { audience: LibraryAudience; teamId: TeamId | null } =>
  value === 'me' || value === 'everyone'
    ? { audience: value, teamId: null }
    : { audience: 'team', teamId: value.slice('team:'.length) as TeamId }

/** The beginning of a text as a list shows it: tokens by their names, no marks of Markdown. */
export const plainSnippet = (snippet: string): string =>
  snippet
    .replace(/\{\{\s*cursor\s*\}\}/g, '')
    .replace(
      /\{\{\s*(?:\w+\.)?([\p{L}\p{N}_]+)[^}]*\}\}/gu,
      (_all, name: string) => `[${name.replaceAll('_', ' ')}]`,
    )
    .replace(/(^|\s)(?:#{1,6}|[-*>])\s+/g, '$1')
    .replace(/\*\*|__|`/g, '')
