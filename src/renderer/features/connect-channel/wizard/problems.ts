import type { ChannelView } from '@contract/channels.ts'
import { t } from '@/i18n.ts'
import { serverProblems } from '../servers.ts'
import { NEW_INBOX } from './answers.ts'
import type { Answers, StepId } from './answers.ts'
import { isAddress } from './addresses.ts'

export type ProblemContext = {
  answers: Answers
  password: string
  /** Who holds the address already; null when it is free. */
  holder: string | null
  inboxNames: readonly string[]
  /** Of the hosted addresses that are connected: each is used once (H2). */
  companyNames: readonly string[]
  parents: readonly ChannelView[]
}
type Problems = Record<string, string>

/** As the engine compares names: "Acme  Sales" and "acme sales" look the same to a recipient. */
const key = (name: string) => name.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase()
const same = (a: string, b: string) => key(a) === key(b)

/** A port that can be listened on; 0 lets the system choose one. */
export const portOf = (text: string): number | null =>
  /^\d{1,5}$/.test(text.trim()) && Number(text) <= 65_535 ? Number(text) : null

/** What is missing or wrong on a screen, in words, by field. Empty when it can be left. */
export function problemsOf(step: StepId, context: ProblemContext): Problems {
  const { answers } = context
  const found: Problems = {}
  const need = (field: string, wrong: boolean, words: string): void => {
    if (wrong && !(field in found)) found[field] = words
  }
  switch (step) {
    case 'address':
      need('address', !isAddress(answers.address), t('connect.addressProblem'))
      need('address', context.holder !== null, context.holder ?? '')
      need('understood', answers.purpose === 'team' && !answers.understood, t('connect.team.confirm'))
      break
    case 'servers':
      need('password', context.password === '', t('connect.passwordMissing'))
      for (const protocol of ['imap', 'smtp'] as const)
        need(
          protocol,
          Object.keys(serverProblems(answers[protocol], protocol)).length > 0,
          t('connect.serversMissing'),
        )
      break
    case 'inbox': {
      const isNew = answers.inbox === NEW_INBOX
      need('newInbox', isNew && answers.newInbox.trim() === '', t('connect.newInboxMissing'))
      const taken = context.inboxNames.some((name) => same(name, answers.newInbox))
      need('newInbox', isNew && taken, t('connect.newInboxTaken'))
      break
    }
    case 'routing': {
      const { routing, tickets } = answers.conversations ?? {}
      const nobody = routing && routing.userIds.length + routing.teamIds.length === 0
      const chosen = routing?.automatic && routing.method !== 'contact_owner'
      need('routing', Boolean(chosen && nobody), t('connect.routing.nobody'))
      const noPipeline = tickets?.create && tickets.pipeline.trim() === ''
      need('pipeline', Boolean(noPipeline), t('connect.tickets.pipelineMissing'))
      break
    }
    case 'receive':
      if (answers.form === 'alias') {
        const there = context.parents.some(({ id }) => id === answers.parentChannelId)
        need('parentChannelId', !there, t('connect.receive.parentMissing'))
      } else {
        need(
          'receiverHost',
          !/^[^\s@/]{1,253}$/.test(answers.receiverHost.trim()),
          t('connect.receive.hostProblem'),
        )
        need('receiverPort', portOf(answers.receiverPort) === null, t('connect.receive.portProblem'))
      }
      break
    case 'sender': {
      need('companyName', answers.companyName.trim() === '', t('connect.sender.companyMissing'))
      const taken = context.companyNames.some((name) => same(name, answers.companyName))
      need('companyName', taken, t('connect.sender.companyTaken', { name: answers.companyName.trim() }))
      need('fromAddress', !isAddress(answers.fromAddress), t('connect.addressProblem'))
      break
    }
    case 'forwarding':
      need('forwardingAddress', !isAddress(answers.forwardingAddress), t('connect.addressProblem'))
      break
    default:
      break
  }
  return found
}
