import type { LoggingFact, LoggingStep } from '../../../../contract/logging.ts'
import type { Mailbox } from '../../../../contract/common.ts'
import { addressKey } from '../../lib/address-key.ts'
import { caseOf, type Case } from './case.ts'
import { rules } from './rules.ts'
import type { LoggingInput, LoggingVerdict } from './types.ts'

/**
 * Whether a personal message joins the CRM (G1 to G7), and why. Pure: the same facts give the same verdict, whenever
 * and on whichever machine.
 */
export function loggingVerdict(input: LoggingInput): LoggingVerdict {
  const c = caseOf(input)
  const trace: LoggingFact[] = []
  for (const { name, look } of rules) {
    const finding = look(c)
    if (!finding) continue
    const { text, holds, decision } = finding
    trace.push({ rule: name, text, holds, decided: decision !== undefined })
    if (!decision) continue
    const { logged, code, because, step = 'none', stepText = '' } = decision
    return {
      logged,
      code,
      reason: `${logged ? 'Logged' : 'Not logged'} because ${because}.`,
      step,
      stepText: stepText || stepWords[step],
      trace,
      byHand: input.byHand !== null && code === input.byHand.kind,
      contactIds: logged ? contactsOf(c) : [],
      newContacts: logged ? strangersOf(c) : [],
    }
  }
  throw new Error('No logging rule decided.')
}

/** What a step is called where the rule has no value to name. */
const stepWords: Record<LoggingStep, string> = {
  log_now: 'Log it now',
  add_as_alias: "Add the address to its sender's contact",
  add_contact: 'Add a contact with the address',
  remove_never_log: 'Remove the entry from the Never Log list',
  open_folder: 'Look at the folder too',
  reconnect: 'Reconnect the address',
  none: '',
}

/** Contacts of everybody on the other side; each once, the sender's first. */
const contactsOf = (c: Case): string[] => [
  ...new Set(c.others.flatMap(({ address }) => c.contactOf(address)?.contactId ?? [])),
]

/**
 * Who gets a contact: only where somebody asked for logging. Of mail that came in its sender; of mail that was sent the
 * ones it is addressed to, not those who got a copy.
 */
function strangersOf(c: Case): Mailbox[] {
  if (!c.byHand) return []
  const { direction, from, to } = c.message
  const addressed = new Set((direction === 'in' ? [from] : to).map(({ address }) => addressKey(address)))
  const strangers = c.others.filter(({ address }) => c.contactOf(address) === null)
  const meant = strangers.filter(({ address }) => addressed.has(addressKey(address)))
  // A mail to nobody but blind copies would be logged on no timeline.
  return meant.length === 0 && contactsOf(c).length === 0 ? strangers : meant
}
