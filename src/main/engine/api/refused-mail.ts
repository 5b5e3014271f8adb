import { DomainError } from '../lib/domain-error.ts'
import { domainShape, domainShapes } from '../read/domains.ts'
import { refusedMail } from '../read/refused-mail.ts'
import { refusedById } from '../store/tables/refused-mail.ts'
import { canSee, mustAct, mustAdminister } from '../team/access.ts'
import { addDomain, checkDomain } from '../team/domain-actions.ts'
import { releaseRefused } from '../team/refused-mail-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const refusedMailHandlers = (deps: ApiDeps) => ({
  list: os.refusedMail.list.handler(({ input, context }) => {
    if (!canSee(mustAccess(context), input.inboxId))
      throw new DomainError('NOT_FOUND', 'This inbox does not exist, or you cannot see it.')
    return refusedMail(deps.store.read, input)
  }),
  release: os.refusedMail.release.handler(async ({ input, context }) => {
    const access = mustAccess(context)
    const row = refusedById(deps.store.read, input.id)
    if (!row || !canSee(access, row.inbox_id))
      throw new DomainError('NOT_FOUND', 'This message is not in the list any more.')
    mustAct(access, row.inbox_id)
    const threadId = await releaseRefused(deps, access.user.id, row)
    return { threadId, rev: deps.store.rev }
  }),
})

export const domainsHandlers = ({ store, hosted }: ApiDeps) => {
  const { dns } = hosted
  return {
    list: os.domains.list.handler(({ context }) => {
      mustAccess(context)
      return domainShapes(store.read)
    }),
    add: os.domains.add.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      mustAdminister(access, 'connect domains')
      const { id } = addDomain(store, access.user.id, input.domain)
      return domainShape(store.read, await checkDomain({ store, dns }, access.user.id, id))
    }),
    check: os.domains.check.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      return domainShape(store.read, await checkDomain({ store, dns }, access.user.id, input.id))
    }),
  }
}
