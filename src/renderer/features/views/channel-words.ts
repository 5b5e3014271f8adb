import type { ChannelView } from '@contract/channels.ts'
import { i18n, t } from '@/i18n.ts'
import { shortTime } from '@/ui/time.ts'

const n = (value: number): string => i18n.global.n(value)

/** One line that says how a channel is: "Live", "312 of 2,000, newest first", "Waiting until 14:05". */
export function stateLine({ health, junkCount }: ChannelView): string {
  switch (health.state) {
    case 'syncing':
      return health.progress
        ? t('channels.line.progress', { done: n(health.progress.done), total: n(health.progress.total) })
        : t('channels.line.syncing')
    case 'waiting':
      return health.retryAt
        ? t('channels.line.waitingUntil', { time: shortTime(health.retryAt) })
        : t('channels.line.waiting')
    case 'failing':
      return t('channels.line.failingSince', { time: shortTime(health.since) })
    case 'live':
      // Said where it is seen: what lies in Junk never arrives by itself (E1).
      return junkCount ? t('channels.line.liveJunk', { n: n(junkCount) }) : t('channels.line.live')
    default:
      return t(`channels.line.${health.state}`)
  }
}

export type ChannelTone = 'ok' | 'busy' | 'warn' | 'danger' | 'off'

const TONES: Record<ChannelView['health']['state'], ChannelTone> = {
  live: 'ok',
  connecting: 'busy',
  syncing: 'busy',
  waiting: 'warn',
  failing: 'danger',
  stopped: 'off',
}

/** How urgent it is. A live channel with messages set aside still wants a look. */
export function toneOf({ health }: ChannelView): ChannelTone {
  return health.state === 'live' && health.setAside > 0 ? 'warn' : TONES[health.state]
}
