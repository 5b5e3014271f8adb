import { ListSettings } from '../../../contract/records.ts'
import { addAddress, mustBeContact, removeAddress } from '../crm/records/addresses.ts'
import { associate, associateThread } from '../crm/records/associate.ts'
import { addressOf } from '../crm/records/values.ts'
import { setPhone } from '../crm/records/contact-phones.ts'
import { propertiesOf } from '../crm/records/catalogue.ts'
import { createRecord } from '../crm/records/create.ts'
import {
  beginDoing,
  noRecord,
  noteRecord,
  phoneCountry,
  type Doing,
  type TicketGuard,
} from '../crm/records/doing.ts'
import { pipelinesOf, savePipeline } from '../crm/records/pipelines.ts'
import { addProperty, updateProperty } from '../crm/records/properties.ts'
import { removeRecords } from '../crm/records/remove.ts'
import { setPhoneCountry } from '../crm/records/settings.ts'
import { updateRecords } from '../crm/records/update.ts'
import { removeView, saveView } from '../crm/records/views.ts'
import { DomainError } from '../lib/domain-error.ts'
import { associationsOfThread } from '../read/records/associations.ts'
import { listRecords } from '../read/records/list.ts'
import { recordShape } from '../read/records/record.ts'
import { propertyShape } from '../read/records/rows.ts'
import { searchRecords } from '../read/records/search.ts'
import { seesTicket } from '../read/records/summaries.ts'
import { aliasesOfThread } from '../store/queries/records/threads.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store } from '../store/store.ts'
import { connectedChannels } from '../store/tables/channels.ts'
import { recordViewsOf } from '../store/tables/record-views.ts'
import { threadById } from '../store/tables/threads.ts'
import { canSeeChannel, mustAct, mustAdminister, type Access } from '../team/access.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** Tickets lie where their conversation does (A1, A2); those without one are everybody's. */
export function ticketGuard(db: ReadableDb, access: Access): TicketGuard {
  const mustSee: TicketGuard['mustSee'] = (ticket) => {
    if (!seesTicket(db, access, ticket)) throw noRecord('ticket')
  }
  return {
    mustSee,
    mustAct(ticket) {
      mustSee(ticket)
      const inboxId = ticket.thread_id === null ? null : threadById(db, ticket.thread_id)?.inbox_id
      if (inboxId) mustAct(access, inboxId)
    },
  }
}

/** Does one command on records in a durable transaction. @returns what it answers, and what takes it back */
function doIt<T>(store: Store, access: Access, work: (doing: Doing) => T): { done: T; undo: string | null } {
  return store.write(
    (write) => {
      const doing = beginDoing(write, store, access.user.id, ticketGuard(write.db, access))
      return { done: work(doing), undo: doing.undo.id() }
    },
    { durable: true },
  )
}

/** The same for commands that nothing but `undo` is to be known of. */
const doUndoably = (store: Store, access: Access, work: (doing: Doing) => void) => {
  const { undo } = doIt(store, access, work)
  return { rev: store.rev, undo }
}

const doMaking = (store: Store, access: Access, work: (doing: Doing) => string) => {
  const { done: id } = doIt(store, access, work)
  return { rev: store.rev, id }
}

export const recordsHandlers = ({ store, sync }: ApiDeps) => ({
  properties: os.records.properties.handler(({ input, context }) => {
    mustAccess(context)
    return propertiesOf(store.read, input.type).map((property) => propertyShape(input.type, property))
  }),
  addProperty: os.records.addProperty.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'add properties')
    return doMaking(store, access, (doing) => addProperty(doing, input))
  }),
  updateProperty: os.records.updateProperty.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'change properties')
    const { id, ...changes } = input
    doIt(store, access, (doing) => updateProperty(doing, id, changes))
    return { rev: store.rev }
  }),
  pipelines: os.records.pipelines.handler(({ context }) => {
    mustAccess(context)
    return pipelinesOf(store.read)
  }),
  savePipeline: os.records.savePipeline.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'change pipelines')
    return doMaking(store, access, (doing) => savePipeline(doing, input))
  }),

  settings: os.records.settings.handler(({ context }) => {
    mustAccess(context)
    return { phoneCountry: phoneCountry(store.read) || null }
  }),
  saveSettings: os.records.saveSettings.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'change what holds for all records')
    store.write((write) => setPhoneCountry(write, store, access.user.id, input.phoneCountry), {
      durable: true,
    })
    return { rev: store.rev }
  }),

  list: os.records.list.handler(({ input, context }) => {
    const access = mustAccess(context)
    const isSyncing = connectedChannels(store.read).some(
      (channel) =>
        canSeeChannel(access, channel) && ['connecting', 'syncing'].includes(sync.health(channel.id).state),
    )
    return { ...listRecords(store.read, access, input, isSyncing), rev: store.rev }
  }),
  get: os.records.get.handler(({ input, context }) => recordShape(store.read, mustAccess(context), input)),
  search: os.records.search.handler(({ input, context }) =>
    searchRecords(store.read, mustAccess(context), input),
  ),
  create: os.records.create.handler(({ input, context }) =>
    doMaking(store, mustAccess(context), (doing) => {
      const id = createRecord(doing, input.type, input.values)
      for (const ref of input.associate) associate(doing, { type: input.type, id }, ref, true)
      return id
    }),
  ),
  update: os.records.update.handler(({ input, context }) =>
    doUndoably(store, mustAccess(context), (doing) =>
      updateRecords(doing, input.type, input.ids, input.values),
    ),
  ),
  remove: os.records.remove.handler(({ input, context }) =>
    doUndoably(store, mustAccess(context), (doing) => removeRecords(doing, input.type, input.ids)),
  ),
  associate: os.records.associate.handler(({ input, context }) =>
    doUndoably(store, mustAccess(context), (doing) => associate(doing, input.a, input.b, input.on)),
  ),
  ofThread: os.records.ofThread.handler(({ input, context }) => {
    const access = mustAccess(context)
    return associationsOfThread(store.read, access, mustSeeThread(store.read, access, input.threadId).id)
  }),
  associateThread: os.records.associateThread.handler(({ input, context }) => {
    const access = mustAccess(context)
    return doUndoably(store, access, (doing) => {
      const { db } = doing.write
      const thread = mustSeeThread(db, access, input.threadId)
      // Logged personal mail belongs to its records: whoever sees it may say to which.
      if (thread.inbox_id !== null) mustAct(access, thread.inbox_id)
      const ids = [thread.id, ...aliasesOfThread(db, thread.id)]
      associateThread(doing, { id: thread.id, ids }, input.ref, input.on)
    })
  }),
  setAddress: os.records.setAddress.handler(({ input, context }) =>
    doUndoably(store, mustAccess(context), (doing) => {
      const record = mustBeContact(doing, input.contactId)
      const address = addressOf(input.address)
      if (address === null)
        throw new DomainError('BAD_INPUT', `"${input.address}" is no address. Write it like ada@acme.test.`, {
          field: 'address',
        })
      if (input.on) addAddress(doing, record, address)
      else removeAddress(doing, record, address)
      noteRecord(doing.write, 'contact', record)
    }),
  ),
  setPhone: os.records.setPhone.handler(({ input, context }) =>
    doUndoably(store, mustAccess(context), (doing) => {
      const record = mustBeContact(doing, input.contactId)
      if (setPhone(doing, record, input)) noteRecord(doing.write, 'contact', record)
    }),
  ),
})

export const recordViewsHandlers = ({ store }: ApiDeps) => ({
  list: os.recordViews.list.handler(({ input, context }) => {
    const { user } = mustAccess(context)
    return recordViewsOf(store.read, input.type, user.id).map((row) => ({
      id: row.id,
      recordType: row.record_type,
      name: row.name,
      ownerId: row.owner_id,
      settings: ListSettings.parse(JSON.parse(row.settings)),
    }))
  }),
  save: os.recordViews.save.handler(({ input, context }) =>
    doMaking(store, mustAccess(context), (doing) => saveView(doing, input)),
  ),
  remove: os.recordViews.remove.handler(({ input, context }) => {
    doIt(store, mustAccess(context), (doing) => removeView(doing, input.id))
    return { rev: store.rev }
  }),
})
