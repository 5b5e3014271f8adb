import { Building2, Handshake, Ticket, UserRound } from '@lucide/vue'
import type { Component } from 'vue'
import type { RecordType } from '@contract/records.ts'

/** The picture of each type of record, wherever one is named. */
export const recordIcons: Record<RecordType, Component> = {
  contact: UserRound,
  company: Building2,
  deal: Handshake,
  ticket: Ticket,
}
