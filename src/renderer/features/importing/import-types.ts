import type { RecordType } from '@contract/records.ts'

/** What can be imported; tickets come with their conversations. */
export type ImportType = Exclude<RecordType, 'ticket'>
export const IMPORT_TYPES = ['contact', 'company', 'deal'] as const satisfies readonly ImportType[]
export const isImportType = (type: unknown): type is ImportType =>
  (IMPORT_TYPES as readonly unknown[]).includes(type)

/** The address of the page: of one import, or of all of them. */
export const importPath = (id?: string): string => `/settings/import${id === undefined ? '' : `/${id}`}`
