import { createElectronHost } from './electron.ts'
import type { Host } from './types.ts'
import { createWebHost } from './web.ts'

/** The shell that this renderer runs in. */
export const host: Host = window.anteroom ? createElectronHost(window.anteroom) : createWebHost()
export type { Host } from './types.ts'
