import { useI18n } from 'vue-i18n'
import type {
  FilterCondition,
  PipelineView,
  PropertyType,
  PropertyValue,
  PropertyView,
  RecordRowView,
} from '@contract/records.ts'
import { useSessionStore } from '@/stores/session.ts'
import { amountText } from '@/ui/amount.ts'
import { usePipelines } from './queries.ts'

export type FilterTest = FilterCondition['test']

/** The currency of amounts that name none. */
export const CURRENCY = 'EUR'

/** The tests that make sense for a type of property. */
export function testsOf(type: PropertyType): readonly FilterTest[] {
  const empty = ['is_empty', 'is_not_empty'] as const
  switch (type) {
    case 'number':
    case 'amount':
      return ['is', 'at_least', 'at_most', ...empty]
    case 'date':
    case 'time':
      return ['before', 'after', ...empty]
    case 'boolean':
      return ['is']
    case 'choice':
    case 'user':
    case 'company':
    case 'stage':
      return ['is', 'is_not', ...empty]
    default:
      return ['contains', 'begins_with', 'is', 'is_not', ...empty]
  }
}

/** Whether a test compares with a value. */
export const takesValue = (test: FilterTest): boolean => test !== 'is_empty' && test !== 'is_not_empty'

/** What a key says where nobody translated it: "last_seen_at" is "Last seen at". */
const spelledOut = (key: string): string => {
  const words = key.replaceAll('_', ' ').trim()
  return words.charAt(0).toLocaleUpperCase() + words.slice(1)
}

/** The words for properties and their values. Call in a component. */
export function useRecordWords() {
  const { t, te, n, locale } = useI18n()
  const session = useSessionStore()
  const { pipelines } = usePipelines()

  const propertyName = (property: Pick<PropertyView, 'key' | 'name'>): string => {
    if (property.name !== null) return property.name
    const key = `records.property.${property.key}`
    return te(key) ? t(key) : spelledOut(property.key)
  }

  /** Why what was typed is no value of a number. */
  const noNumber = (property: Pick<PropertyView, 'type'> | null | undefined): string =>
    t(property?.type === 'amount' ? 'records.noAmount' : 'records.noNumber')

  const optionName = (property: Pick<PropertyView, 'key' | 'id'>, value: string): string => {
    if (property.id !== null) return value
    const key = `records.option.${property.key}.${value}`
    return te(key) ? t(key) : spelledOut(value)
  }

  const stageOf = (id: PropertyValue) => {
    for (const pipeline of pipelines.value) {
      const stage = pipeline.stages.find((each) => each.id === id)
      if (stage) return { pipeline, stage }
    }
    return null
  }
  /** A stage by itself; with its pipeline's name where there are several. */
  const stageName = (stage: { name: string }, pipeline: PipelineView): string =>
    pipelines.value.length > 1
      ? t('records.stageOf', { stage: stage.name, pipeline: pipeline.name })
      : stage.name

  const currencyOf = (row: Pick<RecordRowView, 'values'>): string => {
    const currency = row.values['currency']
    return typeof currency === 'string' && currency !== '' ? currency : CURRENCY
  }

  /** A day in UTC, as "2026-11-21" means one, or a time. */
  const dayText = (value: string): string => {
    const at = Date.parse(`${value}T00:00:00Z`)
    if (Number.isNaN(at)) return value
    return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
  }
  const timeText = (at: number): string =>
    new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(at)

  /** A value in words; empty for none. `row` knows the currency, the names of companies and how a phone number is written. */
  function valueText(
    property: PropertyView,
    value: PropertyValue | undefined,
    row?: Pick<RecordRowView, 'values' | 'names'>,
  ): string {
    if (value === null || value === undefined || value === '') return ''
    if (typeof value === 'boolean') return t(value ? 'records.yes' : 'records.no')
    if (typeof value === 'number') {
      if (property.type === 'amount') return amountText(value, row ? currencyOf(row) : CURRENCY, locale.value)
      if (property.type === 'time') return timeText(value)
      return property.key === 'number' ? String(value) : n(value)
    }
    switch (property.type) {
      case 'date':
        return dayText(value)
      case 'choice':
        return optionName(property, value)
      case 'user':
        return session.user(value)?.name ?? t('app.people.unknown')
      case 'stage': {
        const found = stageOf(value)
        return found ? stageName(found.stage, found.pipeline) : t('records.unknownStage')
      }
      case 'company':
        return row?.names[property.key] ?? t('records.someCompany')
      case 'phone':
        return row?.names[property.key] ?? value
      default:
        return value
    }
  }

  return {
    propertyName,
    noNumber,
    optionName,
    valueText,
    stageOf,
    stageName,
    currencyOf,
    pipelines,
    timeText,
    dayText,
  }
}
