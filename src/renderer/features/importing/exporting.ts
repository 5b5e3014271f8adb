import { shallowRef } from 'vue'
import type { RecordType } from '@contract/records.ts'
import { host } from '@/host/index.ts'
import { rpc } from '@/rpc/client.ts'

/** Which records are meant: none named means all of the type. */
export type ExportWish = { type: RecordType; ids: readonly string[] }
export type ExportFormat = 'csv' | 'vcard' | 'vcard3'

/** What the dialog asks about; null while it is closed. */
export const exporting = shallowRef<ExportWish | null>(null)

/** Formats that a type of record can leave in. */
export const formatsOf = (type: RecordType): readonly ExportFormat[] =>
  type === 'contact' ? ['csv', 'vcard', 'vcard3'] : ['csv']

/** Lets the shell save the file; it is written while it is read. */
export async function exportRecords({ type, ids }: ExportWish, format: ExportFormat): Promise<void> {
  const { url } = await rpc.imports.exportUrl({ type, format, ids: [...ids] })
  const link = document.createElement('a')
  link.href = host.fileUrl(url)
  // The engine names the file.
  link.download = ''
  link.click()
}
