import type { LibraryEntry } from '@contract/library.ts'
import { rpc } from '@/rpc/client.ts'

/** Lets the browser keep all templates and snippets as a file. @returns how many there are */
export async function exportLibrary(): Promise<number> {
  const { entries } = await rpc.library.export({})
  const text = JSON.stringify({ format: 'anteroom-library', version: 1, entries }, null, 2)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'library.json'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return entries.length
}

/** The entries of such a file, to be checked by the engine; null where it is no such file. */
export function readLibraryFile(text: string): LibraryEntry[] | null {
  try {
    const value: unknown = JSON.parse(text)
    const entries = Array.isArray(value) ? value : (value as { entries?: unknown } | null)?.entries
    return Array.isArray(entries) && entries.length > 0 ? (entries as LibraryEntry[]) : null
  } catch {
    // No JSON: said in words by who asked.
    return null
  }
}
