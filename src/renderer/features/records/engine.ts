import type { ContractRouterClient } from '@orpc/contract'
import type { records, recordViews, undo } from '@contract/records.ts'
import { rpc } from '@/rpc/client.ts'

/** The engine's part for records. */
export type RecordsClient = ContractRouterClient<{
  records: typeof records
  recordViews: typeof recordViews
  undo: typeof undo
}>

export const crm = rpc as unknown as RecordsClient
