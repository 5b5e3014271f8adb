import { FileText, Paperclip, TextQuote } from '@lucide/vue'
import type { LibraryKind } from '@contract/library.ts'
import type { LibraryAudience } from '@contract/library-sharing.ts'
import type { TeamId } from '@contract/ids.ts'

export const kindIcons = { template: FileText, snippet: TextQuote, document: Paperclip } as const
export const KINDS = ['template', 'snippet', 'document'] as const satisfies readonly LibraryKind[]

/** The address of an entry, or of a new one. */
export const entryPath = (entry: string): string => `/library/${entry}`

/** With whom an entry is shared, as one value of a choice. */
export type AudienceValue = 'me' | 'everyone' | `team:${string}`

export const audienceValue = (audience: LibraryAudience, teamId: string | null): AudienceValue =>
  audience === 'team' ? `team:${teamId ?? ''}` : audience

export const audienceOf = (value: AudienceValue): { audience: LibraryAudience; teamId: TeamId | null } =>
  value === 'me' || value === 'everyone'
    ? { audience: value, teamId: null }
    : { audience: 'team', teamId: value.slice('team:'.length) as TeamId }
