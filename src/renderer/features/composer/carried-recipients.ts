import type { Mailbox } from '@contract/common.ts'

/** A recipient on its way from one field to another, of this window or another one. */
export type Carried = { fieldId: string; mailbox: Mailbox }

const TYPE = 'application/x-anteroom-recipient'

/** @param text  the same for any other program */
export function carry(transfer: DataTransfer, one: Carried, text: string): void {
  transfer.setData(TYPE, JSON.stringify(one))
  transfer.setData('text/plain', text)
  transfer.effectAllowed = 'copyMove'
}

/** The recipient that is being dropped; null for anything else. */
export function carried(transfer: DataTransfer): Carried | null {
  try {
    const { fieldId, mailbox } = JSON.parse(transfer.getData(TYPE)) as Partial<Carried>
    if (typeof fieldId !== 'string' || typeof mailbox?.address !== 'string') return null
    return { fieldId, mailbox: { name: String(mailbox.name ?? ''), address: mailbox.address } }
  } catch {
    // Not ours, or written by somebody else under that name.
    return null
  }
}
