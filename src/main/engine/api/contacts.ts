import { editContact } from '../crm/edit-contact.ts'
import { DomainError } from '../lib/domain-error.ts'
import { attachmentsOfContact, contactShape, threadsOfContact } from '../read/contact.ts'
import { contactCard, searchContacts, type ContactCardRow } from '../store/queries/contacts.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { userFiles } from './reading.ts'

/** Contacts belong to the whole workspace; what happened with them shows only as far as the user sees the inboxes. */
export const contactsHandlers = (deps: ApiDeps) => {
  const { store } = deps
  const mustFind = (id: string): ContactCardRow => {
    const card = contactCard(store.read, id)
    if (!card) throw new DomainError('NOT_FOUND', 'This contact does not exist.')
    return card
  }
  return {
    get: os.contacts.get.handler(({ input, context }) => {
      mustAccess(context)
      return contactShape(mustFind(input.id))
    }),
    update: os.contacts.update.handler(({ input, context }) => {
      editContact(store, mustAccess(context).user.id, input.id, input.fields)
      return { rev: store.rev }
    }),
    search: os.contacts.search.handler(({ input, context }) => {
      mustAccess(context)
      const words = input.query.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
      return searchContacts(store.read, words, input.limit).map(({ id, name, address }) => ({
        id,
        name,
        address,
      }))
    }),
    threads: os.contacts.threads.handler(({ input, context }) =>
      threadsOfContact(store.read, mustAccess(context), input.id, input.limit),
    ),
    attachments: os.contacts.attachments.handler(({ input, context }) => {
      const access = mustAccess(context)
      return attachmentsOfContact(
        store.read,
        access,
        mustFind(input.id).id,
        input.limit,
        userFiles(deps, access),
      )
    }),
  }
}
