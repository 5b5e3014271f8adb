import { z } from 'zod'

export const isAddress = (text: string): boolean => z.email().max(320).safeParse(text.trim()).success

/** What stands behind the @, in lower case. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
