import type { DraftFactsView } from '@contract/composing.ts'
import type { CheckId } from '@/stores/check-ids.ts'
import { bouncedAddress } from './bounced-address.ts'
import { domainTypo } from './domain-typo.ts'
import { droppedRecipient } from './dropped-recipient.ts'
import { emptyBody } from './empty-body.ts'
import { emptySubject } from './empty-subject.ts'
import { forgottenAttachment } from './forgotten-attachment.ts'
import { manyRecipients } from './many-recipients.ts'
import { neverLog } from './never-log.ts'
import { newRecipient } from './new-recipient.ts'
import { threadChanged } from './thread-changed.ts'
import { tooLarge } from './too-large.ts'
import type { CheckedMail, Finding, SendCheck } from './types.ts'
import { unfilledToken } from './unfilled-token.ts'
import { wrongFrom } from './wrong-from.ts'

/**
 * The checks before sending (C9): each only doubts, and can be sent over. A new one is a file here, an id in
 * stores/check-ids.ts, and its words in `composer.before` and `settings.sending.checks`.
 */
export const CHECKS: Readonly<Record<CheckId, SendCheck>> = {
  thread_changed: threadChanged,
  unfilled_token: unfilledToken,
  wrong_from: wrongFrom,
  dropped_recipient: droppedRecipient,
  new_recipient: newRecipient,
  domain_typo: domainTypo,
  bounced_address: bouncedAddress,
  many_recipients: manyRecipients,
  never_log: neverLog,
  empty_subject: emptySubject,
  empty_body: emptyBody,
  forgotten_attachment: forgottenAttachment,
  too_large: tooLarge,
}

/** What the checks that are on find about a mail, in the order in which they are shown. */
export const findings = (
  mail: CheckedMail,
  known: DraftFactsView,
  isOn: (id: CheckId) => boolean,
): Finding[] =>
  (Object.entries(CHECKS) as [CheckId, SendCheck][]).flatMap(([id, check]) => {
    const found = isOn(id) ? check(mail, known) : null
    return found ? [{ id, ...found }] : []
  })
