import { ChannelError, type ChannelSecrets } from '../channels/types.ts'
import type { SecretStore } from '../types.ts'

const nameOf = (channelId: string): string => `channel:${channelId}`

/** The passwords of a channel, or null when this machine has none for it. */
export async function storedSecrets(secrets: SecretStore, channelId: string): Promise<ChannelSecrets | null> {
  const stored = await secrets.get(nameOf(channelId))
  return stored === null ? null : (JSON.parse(stored) as ChannelSecrets)
}

/** The passwords to connect with. Throws a ChannelError when there are none (moved data, an emptied keyring). */
export async function requiredSecrets(secrets: SecretStore, channelId: string): Promise<ChannelSecrets> {
  const stored = await storedSecrets(secrets, channelId)
  if (stored) return stored
  throw new ChannelError({
    code: 'login_refused',
    message: 'The password of this channel is not stored on this machine.',
    hint: 'Enter it again under Settings, Channels.',
    serverText: null,
  })
}

export const storeSecrets = (secrets: SecretStore, channelId: string, value: ChannelSecrets): Promise<void> =>
  secrets.set(nameOf(channelId), JSON.stringify(value))

export const forgetSecrets = (secrets: SecretStore, channelId: string): Promise<void> =>
  secrets.delete(nameOf(channelId))
