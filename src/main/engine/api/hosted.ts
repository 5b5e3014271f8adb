import { isIP } from 'node:net'
import { hostedShapes, filledGuide } from '../read/hosted.ts'
import { previewOf, renderSender } from '../outbox/sender.ts'
import { mustAdminister } from '../team/access.ts'
import { changeHosted, connectHosted, mustBeHosted, proposeForwarding } from '../team/hosted-actions.ts'
import { guarded, mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { mustManage, mustManageChannel } from './managing.ts'
import { createGuides } from './provider-guides.ts'

export const hostedHandlers = (deps: ApiDeps) => {
  const { store, sync, hosted } = deps
  const guides = createGuides(deps.resourcesDir)
  return {
    list: os.hosted.list.handler(({ input, context }) =>
      hostedShapes(store.read, mustAccess(context), input.inboxId),
    ),
    proposeAddress: os.hosted.proposeAddress.handler(({ input, context }) => {
      mustManage(mustAccess(context), input.inboxId)
      const { host } = hosted.receiver.view()
      const name = isIP(host) === 0 && host.includes('.') ? host : null
      return { forwardingAddress: proposeForwarding(store.read, input, name) }
    }),
    preview: os.hosted.preview.handler(({ input, context }) => {
      const { user } = mustAccess(context)
      return previewOf(renderSender(store.read, input.sender, input.address, user))
    }),
    connect: os.hosted.connect.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustManage(access, input.inboxId)
      const id = connectHosted(store, access.user.id, input)
      sync.channelsChanged()
      return { id, rev: store.rev }
    }),
    update: os.hosted.update.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustManageChannel(store.read, access, input.id)
      changeHosted(store, access.user.id, input.id, { sender: input.sender })
      return { rev: store.rev }
    }),
    guides: os.hosted.guides.handler(async ({ input, context }) => {
      mustAccess(context)
      return (await guides()).map((guide) => filledGuide(guide, input))
    }),
    testRoundTrip: os.hosted.testRoundTrip.handler(({ input, context, signal }) => {
      mustManageChannel(store.read, mustAccess(context), input.id)
      const row = mustBeHosted(store.read, input.id)
      return guarded(hosted.roundTrip(row, signal ?? new AbortController().signal), deps.log)
    }),
  }
}

export const receiverHandlers = ({ hosted }: ApiDeps) => ({
  get: os.receiver.get.handler(({ context }) => {
    mustAccess(context)
    return hosted.receiver.view()
  }),
  configure: os.receiver.configure.handler(async ({ input, context }) => {
    mustAdminister(mustAccess(context), 'set up the mail receiver')
    return await hosted.receiver.configure(input)
  }),
})

export const doctorHandlers = ({ store, hosted, log }: ApiDeps) => ({
  examine: os.doctor.examine.handler(({ input, context, signal }) => {
    const row = mustManageChannel(store.read, mustAccess(context), input.id)
    return guarded(hosted.examine(row, signal ?? new AbortController().signal), log)
  }),
})
