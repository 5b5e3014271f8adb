/** Lives in lib, because what stands below the team compares addresses too. */
export { addressKey } from '../lib/address-key.ts'
