import { useI18n } from 'vue-i18n'
import type { ImportView } from '@contract/importing.ts'
import type { PropertyView } from '@contract/records.ts'

type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'danger'

export const VERDICT_TONES = {
  create: 'ok',
  update: 'accent',
  same: 'neutral',
  refused: 'danger',
} as const satisfies Record<string, Tone>

export const STATE_TONES: Record<ImportView['state'], Tone> = {
  uploaded: 'neutral',
  checking: 'accent',
  checked: 'accent',
  running: 'accent',
  stopped: 'warn',
  done: 'ok',
  undoing: 'accent',
  undone: 'neutral',
  failed: 'danger',
}

/** Encodings by the names that people know. */
const ENCODINGS: Record<string, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
  'windows-1250': 'Windows-1250',
}

/** The words about imports. Call in a component. */
export function useImportWords() {
  const { t, te, n } = useI18n()

  const propertyName = ({ key, name }: Pick<PropertyView, 'key' | 'name'>): string => {
    if (name !== null) return name
    if (te(`importing.property.${key}`)) return t(`importing.property.${key}`)
    if (te(`records.property.${key}`)) return t(`records.property.${key}`)
    const words = key.replace(/_id$/, '').replaceAll('_', ' ')
    return words.charAt(0).toLocaleUpperCase() + words.slice(1)
  }

  /** "Contacts · 300 rows · CSV, UTF-8, separated by semicolons". */
  const about = ({ recordType, rows, format, encoding, delimiter }: ImportView): string => {
    const separators: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }
    const separator = separators[delimiter]
    const how = [t(`importing.format.${format}`), ENCODINGS[encoding] ?? encoding]
    if (separator) how.push(t(`importing.separator.${separator}`))
    return [
      t(`importing.types.${recordType}`),
      t('importing.rows', { n: n(rows) }, rows),
      how.join(', '),
    ].join(' · ')
  }

  /** "12 new, 3 changed, 1 refused". */
  const countsOf = ({ counts }: ImportView): string =>
    (['create', 'update', 'same', 'refused'] as const)
      .filter((verdict) => counts[verdict] > 0)
      .map((verdict) => t(`importing.count.${verdict}`, { n: n(counts[verdict]) }, counts[verdict]))
      .join(', ') || t('importing.count.none')

  return { propertyName, about, countsOf }
}
