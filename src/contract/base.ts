import { oc } from '@orpc/contract'
import { errors } from './errors.ts'

/** Every procedure of the contract starts here, so that all share one error shape. */
export const base = oc.errors(errors)
