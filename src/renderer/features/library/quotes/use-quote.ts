import { nextTick, reactive, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { LibraryItemId } from '@contract/ids.ts'
import type { QuoteState, QuoteTotals, QuoteView } from '@contract/quotes.ts'
import type { RecordRef } from '@contract/records.ts'
import { rpc } from '@/rpc/client.ts'
import { reportError, wordsFor } from '@/stores/report.ts'
import { doUndoable, offerUndo } from '@/stores/undoable.ts'
import { followEntry } from '../editing.ts'
import { audienceOf } from '../entries.ts'
import { problemIn } from '../problems.ts'
import { blankLine, dayFromNow, formOf, pricedOf, type FormFault, type QuoteForm } from './quote-form.ts'

/** After the last key, before the engine is asked what it comes to, in ms. */
const PAUSE = 120
const FIELDS = [
  'name',
  'record',
  'currency',
  'issuedOn',
  'validUntil',
  'seller',
  'customer',
  'notes',
  'folder',
  'teamId',
  'lines',
]

/**
 * A quote in its editor. Call in a component.
 * @param entry  its id, or "new-quote"
 * @param record  what a new one is for, where that is known
 */
export function useQuote(
  entry: string,
  folder: string,
  record: RecordRef | null,
  saved: (id: string) => void,
) {
  const { t } = useI18n()
  const id = ref(entry === 'new-quote' ? null : (entry as LibraryItemId))
  const quote = shallowRef<QuoteView | null>(null)
  const ready = ref(false)
  const failure = ref('')
  const busy = ref(false)
  const form = reactive<QuoteForm>({
    name: '',
    record: null,
    recordName: '',
    currency: 'EUR',
    issuedOn: dayFromNow(0),
    validUntil: dayFromNow(30),
    language: 'en',
    seller: '',
    customer: '',
    lines: [blankLine('')],
    discountRate: '',
    discountAmount: '',
    notes: '',
    folder,
    audience: 'everyone',
  })
  const textOf = () => JSON.stringify({ ...form, lines: form.lines.map((line) => ({ ...line, key: 0 })) })
  let stored = ''
  const dirty = () => ready.value && stored !== textOf()

  function show(view: QuoteView): void {
    quote.value = view
    Object.assign(form, formOf(view))
    totals.value = view.totals
    stored = textOf()
    ready.value = true
  }
  async function load(): Promise<void> {
    try {
      if (id.value !== null) {
        const view = await rpc.quotes.get({ id: id.value })
        failure.value = ''
        // What was written while the engine answered is newer.
        if (!ready.value || !inHand()) show(view)
        return
      }
      const start = await rpc.quotes.start(record ? { record } : {})
      Object.assign(form, start, { name: start.recordName })
      stored = textOf()
      ready.value = true
    } catch (error) {
      failure.value = wordsFor(error)
    }
  }
  const inHand = () => busy.value || dirty()
  void load()
  followEntry(() => (inHand() ? null : id.value), load)

  const problem = ref<{ field: string; text: string } | null>(null)
  const fault = ref<FormFault | null>(null)
  const totals = shallowRef<QuoteTotals | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0
  watch(
    () => [form.lines, form.discountRate, form.discountAmount, form.currency],
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void sum(), PAUSE)
    },
    { deep: true },
  )
  async function sum(): Promise<void> {
    const read = pricedOf(form)
    fault.value = 'fault' in read ? read.fault : null
    if (!('priced' in read)) return
    const mine = (asked += 1)
    try {
      const answer = await rpc.quotes.totals({ ...read.priced, currency: form.currency })
      if (mine !== asked) return
      totals.value = answer
      if (problem.value?.field === 'lines') problem.value = null
    } catch (error) {
      if (mine === asked) problem.value = { ...problemIn(error, FIELDS), field: 'lines' }
    }
  }

  /** The record that it is for; what is known of it comes with it where nothing was written. */
  async function pick(ref: RecordRef, name: string): Promise<void> {
    const wasEmpty = form.customer.trim() === ''
    Object.assign(form, { record: ref, recordName: name })
    if (problem.value?.field === 'record') problem.value = null
    try {
      const start = await rpc.quotes.start({ record: ref })
      if (wasEmpty && form.customer.trim() === '') form.customer = start.customer
      if (id.value === null && form.lines.every(({ price }) => price === '')) form.currency = start.currency
    } catch (error) {
      reportError(error)
    }
  }

  const faultWords = ({ field, line }: FormFault): string =>
    line < 0
      ? t(`quote.wrong.${field}`)
      : t('quote.wrong.line', { field: t(`quote.line.${field}`), n: line + 1 })

  /** @returns whether it is saved */
  async function save(): Promise<boolean> {
    if (busy.value) return false
    const read = pricedOf(form)
    problem.value =
      form.name.trim() === ''
        ? { field: 'name', text: t('library.nameMissing') }
        : form.record === null
          ? { field: 'record', text: t('quote.recordMissing') }
          : 'fault' in read
            ? { field: 'lines', text: faultWords(read.fault) }
            : null
    fault.value = 'fault' in read ? read.fault : null
    if (problem.value || !('priced' in read) || form.record === null) return false
    busy.value = true
    const sent = textOf()
    try {
      const { name, record, currency, issuedOn, validUntil, language, seller, customer, notes } = form
      const done = await rpc.quotes.save({
        ...(id.value !== null && { id: id.value }),
        ...{ name, record: { ...record }, currency, issuedOn, validUntil, language, seller, customer, notes },
        ...read.priced,
        folder: form.folder,
        ...audienceOf(form.audience),
      })
      id.value = done.id
      const view = await rpc.quotes.get({ id: done.id })
      if (textOf() === sent) show(view)
      else {
        // What was written meanwhile stays, and is not saved yet.
        quote.value = view
        stored = sent
      }
      saved(done.id)
      offerUndo(done, t('library.saved', { name: name.trim() }))
      return true
    } catch (error) {
      problem.value = problemIn(error, FIELDS)
      return false
    } finally {
      busy.value = false
      await nextTick()
    }
  }

  async function setState(state: QuoteState): Promise<void> {
    const { value } = id
    if (value === null) return
    await doUndoable(
      () => rpc.quotes.setState({ id: value, state }),
      t(`quote.became.${state}`, { number: quote.value?.number ?? '' }),
    )
  }
  async function remove(): Promise<boolean> {
    const { value } = id
    if (value === null) return false
    stored = textOf()
    return await doUndoable(
      () => rpc.library.remove({ ids: [value] }),
      t('library.removed', { name: form.name }),
    )
  }
  /** @returns the id of the new one */
  async function duplicate(): Promise<string | null> {
    const { value } = id
    if (value === null) return null
    try {
      const done = await rpc.quotes.duplicate({ id: value })
      offerUndo(done, t('quote.duplicated', { name: form.name }))
      return done.id
    } catch (error) {
      reportError(error)
      return null
    }
  }

  return {
    id,
    quote,
    form,
    ready,
    failure,
    busy,
    problem,
    fault,
    totals,
    dirty,
    pick,
    save,
    setState,
    remove,
    duplicate,
  }
}
