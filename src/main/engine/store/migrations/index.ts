import { first } from './0001-first.ts'
import { nextUid } from './0002-next-uid.ts'
import { folderCounts } from './0003-folder-counts.ts'
import { hostedAddresses } from './0004-hosted-addresses.ts'
import { people } from './0005-people.ts'
import { records } from './0006-records.ts'
import { activities } from './0007-activities.ts'
import { personalMail } from './0008-personal-mail.ts'
import { automaticMail } from './0009-automatic-mail.ts'
import { duplicates } from './0010-duplicates.ts'
import { imports } from './0011-imports.ts'
import { library } from './0012-library.ts'
import { draftsBegun } from './0013-drafts-begun.ts'
import { snooze } from './0014-snooze.ts'
import { organising } from './0015-organising.ts'
import { mergeSplit } from './0016-merge-split.ts'
import { insertables } from './0017-insertables.ts'
import { talk } from './0018-talk.ts'
import { sending } from './0019-sending.ts'
import { spam } from './0020-spam.ts'

export type Migration = {
  /** Becomes the database's user_version; one more than the one before. */
  version: number
  name: string
  sql: string
}

/** In order. A released migration is never edited. */
export const migrations: readonly Migration[] = [
  first,
  nextUid,
  folderCounts,
  hostedAddresses,
  people,
  records,
  activities,
  personalMail,
  automaticMail,
  duplicates,
  imports,
  library,
  draftsBegun,
  snooze,
  organising,
  mergeSplit,
  insertables,
  talk,
  sending,
  spam,
]
