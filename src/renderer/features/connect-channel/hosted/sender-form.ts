import type { ChannelView } from '@contract/channels.ts'
import type { FromNameKind, SenderSettings } from '@contract/hosted.ts'

/** What recipients see, as it is typed: in "From address" the address itself means the default. */
export type SenderForm = {
  fromNameKind: FromNameKind
  companyName: string
  fromAddress: string
  signatureOn: boolean
  signatureHtml: string
}

/** The form as the contract wants it. `address` is the address that is connected: the default From address. */
export function toSender(form: SenderForm, address: string): SenderSettings {
  const own = form.fromAddress.trim()
  return {
    fromNameKind: form.fromNameKind,
    companyName: form.companyName.trim(),
    fromAddress: own === '' || own.toLowerCase() === address.trim().toLowerCase() ? null : own,
    signatureHtml: form.signatureOn && form.signatureHtml !== '' ? form.signatureHtml : null,
  }
}

export const toSenderForm = (sender: SenderSettings, address: string): SenderForm => ({
  fromNameKind: sender.fromNameKind,
  companyName: sender.companyName,
  fromAddress: sender.fromAddress ?? address,
  signatureOn: sender.signatureHtml !== null,
  signatureHtml: sender.signatureHtml ?? '',
})

/** A mailbox that is connected itself: whoever signed in to it may send from it, whatever its domain says. */
export const isOwnMailbox = (channels: readonly ChannelView[], address: string): boolean =>
  channels.some(
    (channel) => channel.kind === 'imap' && channel.address.toLowerCase() === address.trim().toLowerCase(),
  )
