import type { Routing } from '../../../contract/admin.ts'

/** Whom a new conversation could go to, as of this moment. */
export type Candidate = {
  userId: string
  name: string
  available: boolean
  /** Open conversations that are theirs, in all inboxes. */
  openThreads: number
  /** Grows with each conversation that routing gives out in this inbox; null for who never got one. */
  lastTurn: number | null
}

/** The owner of the contact who wrote. `canAct`: still here, and a member of the inbox. */
export type Owner = Pick<Candidate, 'userId' | 'name' | 'available'> & { canAct: boolean }

export type RoutingCase = {
  method: Routing['method']
  /** Those chosen who can act in the inbox. */
  candidates: readonly Candidate[]
  /** How many were chosen, whether or not they can act there. */
  chosen: number
  onlyAvailable: boolean
  owner: Owner | null
}

export type RoutingDecision = {
  assigneeId: string | null
  /** In words, for everybody who opens the conversation. */
  reason: string
  /** The assignee is away, and is to get the conversation by mail (H6). */
  byMail: boolean
}

/** Decides whom a new conversation goes to (H6, I2). The same case gives the same decision, whatever the order of people. */
export function decideRouting(routing: RoutingCase): RoutingDecision {
  return routing.method === 'contact_owner' ? toOwner(routing.owner) : toOneOf(routing)
}

const nobody = (reason: string): RoutingDecision => ({ assigneeId: null, reason, byMail: false })

function toOwner(owner: Owner | null): RoutingDecision {
  if (!owner) return nobody('The contact has no owner, so nobody was chosen.')
  if (!owner.canAct) {
    return nobody(`${owner.name} owns the contact, but cannot act in this inbox, so nobody was chosen.`)
  }
  const reason = `${owner.name} owns the contact.`
  return owner.available
    ? { assigneeId: owner.userId, reason, byMail: false }
    : {
        assigneeId: owner.userId,
        reason: `${reason} They are away, so it goes to them by mail too.`,
        byMail: true,
      }
}

function toOneOf({ method, candidates, chosen, onlyAvailable }: RoutingCase): RoutingDecision {
  if (chosen === 0) return nobody('Nobody is chosen in the routing settings of this inbox.')
  if (candidates.length === 0) return nobody('Nobody of those chosen can act in this inbox.')
  const able = onlyAvailable ? candidates.filter((one) => one.available) : candidates
  const next = first(able, method === 'least_open' ? byOpenThreads : byTurn)
  if (!next) return nobody(`Nobody of the ${people(candidates.length)} chosen is available.`)
  const among = `of ${onlyAvailable ? `${able.length} available` : people(able.length)}`
  const reason =
    method === 'least_open'
      ? `${next.name} had the fewest open conversations (${next.openThreads}) ${among}.`
      : `${next.name} was next in turn ${among}.`
  return { assigneeId: next.userId, reason, byMail: false }
}

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`)

type Order = (a: Candidate, b: Candidate) => number

/** Whoever waits longest; those who never got one first. The id decides where nothing else does. */
const byTurn: Order = (a, b) =>
  (a.lastTurn ?? -1) - (b.lastTurn ?? -1) || (a.userId < b.userId ? -1 : a.userId > b.userId ? 1 : 0)

const byOpenThreads: Order = (a, b) => a.openThreads - b.openThreads || byTurn(a, b)

const first = (list: readonly Candidate[], order: Order): Candidate | undefined => [...list].sort(order)[0]
