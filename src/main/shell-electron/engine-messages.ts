import type { SecretStore } from '../engine/types.ts'

/** What the main process tells the engine's process. Ports come beside `connect` and `fetch`. */
export type ToEngine =
  | { kind: 'start'; dataDir: string; resourcesDir: string; secrets: Pick<SecretStore, 'kind' | 'path'> }
  | { kind: 'provision'; json: string }
  | { kind: 'connect' }
  | { kind: 'fetch' }
  | { kind: 'secret'; id: number; value: string | null }
  | { kind: 'secret_failed'; id: number; message: string }
  | { kind: 'stop' }

/** What the engine's process tells the main process. */
export type FromEngine =
  | { kind: 'started' }
  /** `expected`: for the user as it stands (the folder is in use, the database is newer). */
  | { kind: 'not_started'; message: string; expected: boolean }
  | { kind: 'provisioned'; changed: string[] }
  | { kind: 'not_provisioned'; message: string }
  | { kind: 'secret'; id: number; ask: 'get' | 'delete'; name: string }
  | { kind: 'secret'; id: number; ask: 'set'; name: string; value: string }
  | { kind: 'stopped' }
