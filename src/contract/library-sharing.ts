import { z } from 'zod'
import { TeamId } from './ids.ts'

/** Whose an entry is: the user's alone, one team's, or everyone's. */
export const LibraryAudience = z.enum(['me', 'team', 'everyone'])
export type LibraryAudience = z.infer<typeof LibraryAudience>

/** Folders are names within names: "Refunds/Lamps". Empty: in none. */
export const LibraryFolder = z
  .string()
  .max(200)
  .transform((text) =>
    text
      .split('/')
      .map((part) => part.trim())
      .filter(Boolean)
      .join('/'),
  )

/** With whom an entry of the library is shared. */
export const Sharing = z.object({
  audience: LibraryAudience,
  /** The team it is shared with, where that is the audience. */
  teamId: TeamId.nullable().default(null),
})
