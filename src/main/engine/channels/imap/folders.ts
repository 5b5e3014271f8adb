import type { ListResponse } from 'imapflow'
import type { FolderRole, RemoteFolder } from '../types.ts'

const ROLES: Record<string, FolderRole> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
  '\\Drafts': 'drafts',
  '\\Archive': 'archive',
  '\\All': 'archive',
}

/**
 * Folders with what they are for: from SPECIAL-USE (RFC 6154) or XLIST, else from their names in many languages
 * (imapflow knows them). INBOX is the one named so (RFC 9051 section 5.1), first in the list.
 */
export function toRemoteFolders(list: readonly ListResponse[]): RemoteFolder[] {
  const folders = list.map((entry): RemoteFolder => {
    const flags = [...entry.flags].map((flag) => flag.toLowerCase())
    const inbox = entry.path.toUpperCase() === 'INBOX'
    const role = inbox ? 'inbox' : (ROLES[entry.specialUse ?? ''] ?? 'other')
    return {
      path: entry.path,
      role: role === 'inbox' && !inbox ? 'other' : role,
      selectable: !flags.includes('\\noselect') && !flags.includes('\\nonexistent'),
    }
  })
  return folders.sort((a, b) => Number(b.role === 'inbox') - Number(a.role === 'inbox'))
}
