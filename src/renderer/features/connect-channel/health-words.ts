import type { ChannelHealth } from '@contract/channels.ts'
import { t } from '@/i18n.ts'
import { shortTime } from '@/ui/time.ts'

export type HealthTone = 'ok' | 'accent' | 'warn' | 'danger' | 'neutral'

const TONES: Record<ChannelHealth['state'], HealthTone> = {
  connecting: 'accent',
  syncing: 'accent',
  live: 'ok',
  waiting: 'warn',
  failing: 'danger',
  stopped: 'neutral',
}
export const healthTone = (health: ChannelHealth): HealthTone => TONES[health.state]

/** A channel's state in one line. */
export function healthWords(health: ChannelHealth): string {
  switch (health.state) {
    case 'syncing':
      return health.progress
        ? t('settings.channels.state.syncing', health.progress)
        : t('settings.channels.state.syncingPlain')
    case 'waiting':
      return t('settings.channels.state.waiting', { time: health.retryAt ? shortTime(health.retryAt) : '…' })
    case 'failing':
      return t('settings.channels.state.failing', { time: shortTime(health.since) })
    default:
      return t(`settings.channels.state.${health.state}`)
  }
}
