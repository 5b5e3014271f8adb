import type { LoggingStep } from '../../../../contract/logging.ts'
import { addressKey } from '../../lib/address-key.ts'
import { connectedAt, everybody, isRefused, startedBy, type Case } from './case.ts'
import type { ByHand, FolderFacts, LoggingReason, NeverLogEntry, ThreadMessageFacts } from './types.ts'

/** What a rule found: a fact in words, and when it decides, how. */
export type Finding = {
  /** With the value that was looked at. */
  text: string
  /** Whether it speaks for logging; null for what is only noted. */
  holds: boolean | null
  decision?: {
    logged: boolean
    code: LoggingReason
    /** After "Logged because" or "Not logged because". */
    because: string
    step?: LoggingStep
    stepText?: string
  }
}

/** One rule: its name, as people look it up, and what it finds. Null when it has nothing to say about this case. */
export type Rule = { name: string; look: (c: Case) => Finding | null }

const day = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
const quoted = (subject: string): string =>
  subject.trim() === '' ? 'a mail without subject' : `"${subject.trim()}"`
const names = (found: readonly string[]): string =>
  found.length > 3 ? `${found.slice(0, 3).join(', ')} and ${found.length - 3} more` : found.join(', ')
const no = (code: LoggingReason, because: string, step: LoggingStep = 'none', stepText = '') => ({
  logged: false,
  code,
  because,
  step,
  stepText,
})
const yes = (code: LoggingReason, because: string) => ({ logged: true, code, because })

const teamThread: Rule = {
  name: 'G7 no thread of a team address',
  look({ origin }) {
    if (!origin) return null
    const team = origin.team ?? (origin.began.sentFrom?.purpose === 'team' ? origin.began.sentFrom : null)
    if (!team) return { text: 'The conversation is none of a team address.', holds: true }
    const because = `this conversation belongs to the team address ${team.address} and cannot go on from a personal one`
    return {
      text: `The conversation is one of ${team.address} (${team.inboxName}).`,
      holds: false,
      decision: no('team_thread', because, 'none', `Answer it in ${team.inboxName}`),
    }
  },
}

const junk: Rule = {
  name: 'G6 not in Junk',
  look({ folder }) {
    const label = folder.labels.find((name) => /^\\?(spam|junk)$/i.test(name.trim()))
    if (folder.role !== 'junk' && label === undefined) return null
    const where = label === undefined ? `it lies in ${folder.path}` : 'it is labelled as spam'
    return {
      text: label === undefined ? `It lies in ${folder.path}.` : `It has the label ${label}.`,
      holds: false,
      decision: no('junk', where, 'none', 'Move it to the inbox on the server if it is no spam'),
    }
  },
}

const entryWords = ({ pattern, ownerId }: NeverLogEntry): string =>
  `${pattern} is on ${ownerId === null ? "the workspace's" : 'your own'} Never Log list`

const neverLog: Rule = {
  name: 'G1 nobody on the Never Log list',
  look(c) {
    const hit = c.covered(everybody(c))
    if (!hit) return { text: 'None of its people is on the Never Log list.', holds: true }
    const words = entryWords(hit.entry)
    return {
      text: `${hit.address}: ${words}.`,
      holds: false,
      decision: no(
        'never_log',
        hit.address === hit.entry.pattern ? words : `it is to or from ${hit.address}, and ${words}`,
        'remove_never_log',
        `Remove ${hit.entry.pattern} from the Never Log list`,
      ),
    }
  },
}

const handWords: Record<ByHand['kind'], (who: string) => string> = {
  log_box: (who) => `${who} ticked "Log to the CRM"`,
  log_box_cleared: (who) => `${who} cleared "Log to the CRM"`,
  bcc: () => 'the BCC address that logs was among its recipients',
  log_now: (who) => `${who} chose "Log now"`,
  also_original: (who) => `${who} ticked "Also log the original" when answering it`,
  forwarded: (who) => `${who} forwarded it to the address that logs`,
  dropped: (who) => `${who} dropped it as a file`,
  removed: (who) => `${who} removed it from the timeline`,
}

const byHand: Rule = {
  name: 'G2, G3 decided by hand',
  look({ byHand: hand }) {
    if (!hand) return null
    const because = handWords[hand.kind](hand.userName || 'somebody')
    const text = `${because[0]?.toUpperCase()}${because.slice(1)}.`
    return hand.kind === 'removed' || hand.kind === 'log_box_cleared'
      ? { text, holds: false, decision: no(hand.kind, because, 'log_now') }
      : { text, holds: true, decision: yes(hand.kind, because) }
  },
}

const modeWords = {
  off: 'switched off',
  replies: 'replies only',
  all_with_contacts: 'all mail with contacts',
} as const

const mode: Rule = {
  name: 'Logging of the address',
  look({ channel, settings }) {
    const text = `Logging of ${channel.address}: ${modeWords[settings.mode]}.`
    if (settings.mode !== 'off') return { text, holds: true }
    const because = `logging is switched off for ${channel.address}`
    return { text, holds: false, decision: no('off', because, 'log_now') }
  },
}

const connected: Rule = {
  name: 'G1 the address was connected',
  look({ channel, message }) {
    const when = message.direction === 'in' ? 'arrived' : 'was sent'
    if (connectedAt(channel, message.receivedAt))
      return {
        text: `${channel.address} was connected when it ${when}, ${day(message.receivedAt)}.`,
        holds: true,
      }
    const isNow = channel.periods.some(({ until }) => until === null)
    const because = `${channel.address} was not connected when it ${when} (${day(message.receivedAt)})`
    return {
      text: `${channel.address} was not connected when it ${when}, ${day(message.receivedAt)}.`,
      holds: false,
      decision: isNow
        ? no('not_connected', because, 'log_now')
        : no('not_connected', because, 'reconnect', `Reconnect ${channel.address}`),
    }
  },
}

/** Folders that count by themselves, by kind of channel (G6). Junk was ruled out before. */
function isWatched(kind: Case['channel']['kind'], folder: FolderFacts): boolean {
  switch (kind) {
    case 'google':
    case 'microsoft365':
      return true
    case 'exchange':
      return folder.role === 'inbox' || folder.ruleTarget
    default:
      // INBOX is the one name that IMAP compares without case (RFC 9051 section 5.1); no child of it is meant.
      return folder.path.toUpperCase() === 'INBOX'
  }
}

const folder: Rule = {
  name: 'G6 a folder that is looked at',
  look({ channel, folder: place, message, settings }) {
    // The folders are about what comes in; what was sent lies wherever the mail client files it.
    if (message.direction === 'out') return null
    const isOptedIn = settings.folders.includes(place.path)
    if (isWatched(channel.kind, place) || isOptedIn)
      return { text: `It lies in ${place.path}${isOptedIn ? ', which was opted in' : ''}.`, holds: true }
    const only =
      channel.kind === 'exchange' ? 'the inbox and the folders of its rules are' : 'only INBOX itself is'
    return {
      text: `It lies in ${place.path}; ${only} looked at.`,
      holds: false,
      decision: no(
        'folder',
        `it lies in the folder ${place.path}, and ${only} looked at`,
        'open_folder',
        `Look at ${place.path} too`,
      ),
    }
  },
}

const originalNeverLog: Rule = {
  name: 'G1 the original was not sent to the Never Log list',
  look(c) {
    if (!c.origin || c.message.direction === 'out') return null
    const { began, loggedAnswer } = c.origin
    const hit = c.covered([...began.recipients, ...(loggedAnswer?.recipients ?? [])])
    if (!hit)
      return { text: `The original of ${day(began.at)} went to nobody on the Never Log list.`, holds: true }
    const words = entryWords(hit.entry)
    return {
      text: `The original went to ${hit.address}: ${words}.`,
      holds: false,
      decision: no(
        'original_never_log',
        `the mail that it answers was sent to ${hit.address}, and ${words}`,
        'remove_never_log',
        `Remove ${hit.entry.pattern} from the Never Log list`,
      ),
    }
  },
}

const withContacts: Rule = {
  name: 'All mail with contacts',
  look(c) {
    if (c.settings.mode !== 'all_with_contacts') return null
    const isIn = c.message.direction === 'in'
    const people = isIn ? [c.message.from] : c.others
    const contact = people.map(({ address }) => c.contactOf(address)).find((found) => found !== null)
    if (contact) {
      const words = `${isIn ? 'its sender' : 'its recipient'} ${contact.address} is the contact ${contact.name || contact.address}`
      return {
        text: `${contact.address} is the contact ${contact.name || contact.address}.`,
        holds: true,
        decision: yes('mail_with_contact', words),
      }
    }
    const found = names(people.map(({ address }) => address)) || 'nobody else'
    const because = isIn
      ? `${found} is no contact's address`
      : people.length === 1
        ? `its recipient ${found} is no contact`
        : `none of its recipients is a contact (${found})`
    const isReply = isIn && startedBy(c) !== null
    return {
      text: isIn ? `${found} is no contact's address.` : `No recipient is a contact: ${found}.`,
      holds: false,
      decision: isReply
        ? no('unknown_sender', because, 'add_as_alias')
        : no(
            'no_contact',
            because,
            people.length === 0 ? 'log_now' : 'add_contact',
            `Add ${found} as a contact`,
          ),
    }
  },
}

const sentElsewhere: Rule = {
  name: 'G3 the Log box or the BCC address',
  look({ message }) {
    if (message.direction === 'in') return null
    return {
      text: 'It was sent with another mail client, and the BCC address that logs is not among its recipients.',
      holds: false,
      decision: no(
        'sent_elsewhere',
        'it was sent with another mail client without the BCC address that logs',
        'log_now',
      ),
    }
  },
}

const isReply: Rule = {
  name: 'G2 a reply',
  look({ message, origin }) {
    if (message.inReplyTo.length === 0 && message.references.length === 0)
      return {
        text: 'It names no mail that it answers (In-Reply-To, References).',
        holds: false,
        decision: no('no_reply', 'it is a new mail and answers none', 'log_now'),
      }
    const id = message.inReplyTo[0] ?? message.references.at(-1) ?? ''
    if (!origin)
      return {
        text: `It answers <${id}>, which is not known here. Of mail from before the connection, only that of its last 90 days is.`,
        holds: false,
        decision: no('unknown_original', `the mail that it answers, <${id}>, is not known here`, 'log_now'),
      }
    return { text: `It answers <${id}>.`, holds: true }
  },
}

const sentBy = ({ sentFrom, from }: ThreadMessageFacts): string =>
  sentFrom?.purpose === 'personal' ? `${sentFrom.ownerName} (${sentFrom.address})` : from.address

const begun: Rule = {
  name: 'G1, G4 begun, or answered with logging, by the owner of the mailbox',
  look(c) {
    if (!c.origin) return null
    const start = startedBy(c)
    const { began } = c.origin
    if (!start) {
      const from = began.sentFrom
      if (from?.purpose === 'personal')
        return {
          text: `${sentBy(began)} began the conversation, not the owner of ${c.channel.address}.`,
          holds: false,
          decision: no(
            'other_address',
            `the conversation was begun by ${from.ownerName}, and this is a copy in the mailbox of ${c.channel.ownerName}`,
            'log_now',
          ),
        }
      return {
        text: `${sentBy(began)} began the conversation, and no answer to it from ${c.channel.address} was logged.`,
        holds: false,
        decision: no(
          'begun_by_other',
          `the conversation was begun by ${sentBy(began)}, and no answer to it was logged`,
          'log_now',
        ),
      }
    }
    const { message, answered } = start
    if (isRefused(message) && message.byHand)
      return {
        text: `Of the original, ${quoted(c.message.subject)} of ${day(message.at)}: ${handWords[message.byHand.kind](message.byHand.userName || 'somebody')}.`,
        holds: false,
        decision: no(
          'original_not_logged',
          `of the mail that it answers, ${handWords[message.byHand.kind](message.byHand.userName || 'somebody')}`,
          'log_now',
        ),
      }
    return {
      text: answered
        ? `${sentBy(message)} answered the conversation on ${day(message.at)}, and that answer was logged.`
        : `${sentBy(message)} began the conversation on ${day(message.at)}.`,
      holds: true,
    }
  },
}

const goesToOwner: Rule = {
  name: 'G1 it goes to a connected personal address of the one who began',
  look(c) {
    const { message, own, channel } = c
    const recipients = [...message.to, ...message.cc, ...message.bcc].map(({ address }) => address)
    const keys = new Set([...recipients, ...message.deliveredTo].map(addressKey))
    const reached = own.filter(({ address }) => keys.has(addressKey(address)))
    const live = reached.find((candidate) => connectedAt(candidate, message.receivedAt))
    if (live)
      return { text: `It goes to ${live.address}, a personal address of ${channel.ownerName}.`, holds: true }
    const to = names(recipients) || 'nobody that it names'
    return {
      text:
        reached.length > 0
          ? `It goes to ${names(reached.map(({ address }) => address))}, which was not connected.`
          : `It goes to ${to}, to no personal address of ${channel.ownerName}.`,
      holds: false,
      decision: no(
        'other_address',
        `it was sent to ${to}, to no connected personal address of ${channel.ownerName}`,
        'log_now',
      ),
    }
  },
}

const senderIsContact: Rule = {
  name: 'G1, G5 its sender is a contact',
  look(c) {
    const { address } = c.message.from
    const contact = c.contactOf(address)
    if (!contact)
      return {
        text: `${address} is no contact's address.`,
        holds: false,
        decision: no('unknown_sender', `${address} is no contact's address`, 'add_as_alias'),
      }
    const name = contact.name || contact.address
    const start = startedBy(c)
    const who = c.channel.ownerName
    return {
      text: `${address} is the contact ${name}.`,
      holds: true,
      decision: start?.answered
        ? yes(
            'reply_to_logged_answer',
            `the contact ${name} goes on with a conversation that ${who} answered with logging`,
          )
        : yes('reply', `the contact ${name} answered a mail from ${who}`),
    }
  },
}

/**
 * In the order in which they are looked at; the first that decides ends it. What nobody may override comes first
 * (G7, Junk, Never Log), then what somebody decided by hand, then the setting, then G6 and G1 in the order of the
 * specification. The last one always decides.
 */
export const rules: readonly Rule[] = [
  teamThread,
  junk,
  neverLog,
  byHand,
  mode,
  connected,
  folder,
  originalNeverLog,
  withContacts,
  sentElsewhere,
  isReply,
  begun,
  goesToOwner,
  senderIsContact,
]
