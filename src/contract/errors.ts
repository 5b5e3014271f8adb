import { z } from 'zod'

/**
 * The one error shape of the contract. `message` is English, names the thing and the next step;
 * `code` lets the interface choose its own words and behaviour.
 */
export const errors = {
  /** The input is well-formed but cannot be used; `data.field` names the part at fault where there is one. */
  BAD_INPUT: { status: 400, data: z.object({ field: z.string().optional() }).optional() },
  /** Nobody has been picked as the current user of this connection. */
  NO_USER: { status: 401 },
  /** The user may not do this (A1 to A3). */
  NOT_ALLOWED: { status: 403, data: z.object({ inboxId: z.string().optional() }).optional() },
  NOT_FOUND: { status: 404 },
  /**
   * The thing changed meanwhile: a draft saved elsewhere, an address that is taken (B2, B3), a mail already sent.
   * `data.id` names the record that is there already, `data.field` the part at fault, where there is one.
   */
  CONFLICT: {
    status: 409,
    data: z.object({ field: z.string().optional(), id: z.string().optional() }).optional(),
  },
  /** A mail server or the DNS refused or did not answer; `data.serverText` is what it said, word for word. */
  SERVER_REFUSED: { status: 502, data: z.object({ serverText: z.string().optional() }).optional() },
  /** The disk refused a write (fault 35). */
  STORAGE_FULL: { status: 507 },
} as const

export type ErrorCode = keyof typeof errors
