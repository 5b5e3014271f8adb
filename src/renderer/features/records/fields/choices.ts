import type { PropertyView } from '@contract/records.ts'
import type { useSessionStore } from '@/stores/session.ts'
import type { useRecordWords } from '../words.ts'

export type Choice = { value: string; label: string }

/**
 * What can be chosen for a property, "" for nothing first; null for one whose value is typed. `current` is the value
 * that it has: somebody who left is still named where they are.
 */
export function choicesOf(
  property: PropertyView,
  words: Pick<ReturnType<typeof useRecordWords>, 'optionName' | 'stageName' | 'pipelines'>,
  session: Pick<ReturnType<typeof useSessionStore>, 'activeUsers' | 'user'>,
  t: (key: string) => string,
  current?: unknown,
): Choice[] | null {
  const none = { value: '', label: t('records.none') }
  // A currency that nobody knows would have no right number of digits.
  if (property.key === 'currency' && property.id === null)
    return [none, ...Intl.supportedValuesOf('currency').map((code) => ({ value: code, label: code }))]
  switch (property.type) {
    case 'choice':
      return [none, ...property.options.map((value) => ({ value, label: words.optionName(property, value) }))]
    case 'boolean':
      return [none, { value: 'true', label: t('records.yes') }, { value: 'false', label: t('records.no') }]
    case 'user': {
      const left = typeof current === 'string' ? session.user(current) : null
      const people = left && left.active === false ? [...session.activeUsers, left] : [...session.activeUsers]
      return [
        { value: '', label: t('records.nobody') },
        ...people.map(({ id, name }) => ({ value: id as string, label: name })),
      ]
    }
    case 'stage':
      return words.pipelines.value.flatMap((pipeline) =>
        pipeline.stages.map((stage) => ({
          value: stage.id as string,
          label: words.stageName(stage, pipeline),
        })),
      )
    default:
      return null
  }
}
