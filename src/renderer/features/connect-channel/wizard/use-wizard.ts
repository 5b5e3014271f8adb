import { computed, inject, onScopeDispose, provide, reactive, ref, watch } from 'vue'
import type { InjectionKey } from 'vue'
import type { ConnectionSettings } from '@contract/channels.ts'
import type { HostedSettings, SenderSettings } from '@contract/hosted.ts'
import type { ChannelId, InboxId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { useChannels } from '@/stores/queries.ts'
import { wordsFor } from '@/stores/report.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useLiveTest } from '../live-test.ts'
import { blankForms, toSettings } from '../servers.ts'
import { blankAnswers, NEW_INBOX } from './answers.ts'
import type { Answers, Begun, StepId } from './answers.ts'
import { forgetBegun, keepBegun, readBegun } from './begun.ts'
import { connectAnswers, fieldOf, putReceiverBack } from './connect.ts'
import { resumeAt, stepAfter, stepOfField, stepsOf } from './flow.ts'
import { problemsOf } from './problems.ts'
import { useAddress } from './use-address.ts'
import { parentsOf, useHosted } from './use-hosted.ts'

export type WizardStart = { purpose: Answers['purpose'] | null; inboxId: InboxId | null }

/** What a screen adds to going on: it may hold the wizard back, with its reason on the screen. */
export type StepGuard = () => Promise<boolean> | boolean

/**
 * The wizard: its answers, where it stands, and the way on. Nothing reaches the engine for keeping before
 * "Connect and finish"; what was typed survives a crash, passwords do not.
 */
export function createWizard(start: WizardStart) {
  const session = useSessionStore()
  const userId = session.me?.id ?? ''
  const { data: channelList } = useChannels()
  const channels = computed(() => channelList.value ?? [])
  const ready = computed(() => channelList.value !== undefined)
  const parents = computed(() => parentsOf(channels.value))

  const fresh = (): Answers => ({
    ...blankAnswers(),
    purpose: start.purpose ?? 'team',
    inbox: start.inboxId ?? '',
    fromName: '',
    companyName: session.workspace?.name ?? '',
  })
  const begun = userId === '' ? null : readBegun(userId)
  const resumed = ref(begun !== null && (begun.channelId !== null || begun.answers.address.trim() !== ''))
  const from: Begun | null = resumed.value ? begun : null

  const answers = reactive<Answers>(from?.answers ?? fresh())
  const channelId = ref<ChannelId | null>(from?.channelId ?? null)
  const receiverBefore = ref<Begun['receiverBefore']>(from?.receiverBefore ?? null)
  const step = ref<StepId>(from ? resumeAt(from.answers, from.step, from.channelId !== null) : 'purpose')
  /** In memory only. */
  const secrets = reactive({ password: '', smtpPassword: '' })
  const busy = ref(false)
  /** What went wrong with the screen itself, in words. */
  const problem = ref('')
  /** Fields are complained about once the user tried to go on. */
  const tried = reactive<Partial<Record<StepId, boolean>>>({})
  const guards = new Map<StepId, StepGuard>()
  const awaited = new Map<StepId, () => Promise<void>>()

  const address = computed(() => answers.address.trim())
  const look = useAddress(() => address.value)
  const live = useLiveTest()
  const hostedWanted = computed(() => answers.kind === 'hosted' && answers.purpose === 'team')
  const { data: hostedList } = useHosted(() => hostedWanted.value)
  const hosted = computed(() => hostedList.value ?? [])

  const steps = computed(() => stepsOf(answers))
  const connected = computed(() => channelId.value !== null)
  const index = computed(() => steps.value.indexOf(step.value))
  const isLast = computed(() => index.value === steps.value.length - 1)

  const problems = computed(() =>
    problemsOf(step.value, {
      answers,
      password: secrets.password,
      holder: look.holder.value?.text ?? null,
      inboxNames: session.inboxes.map(({ name }) => name),
      companyNames: hosted.value.map(({ sender }) => sender.companyName),
      parents: parents.value,
    }),
  )
  const shown = computed<Record<string, string | undefined>>(() => (tried[step.value] ? problems.value : {}))

  const settings = computed<ConnectionSettings>(() => ({
    address: address.value,
    imap: toSettings(answers.imap),
    smtp: toSettings(answers.smtp),
    password: secrets.password,
    ...(secrets.smtpPassword !== '' && { smtpPassword: secrets.smtpPassword }),
  }))
  const sender = computed<SenderSettings>(() => {
    const own = answers.fromAddress.trim()
    return {
      fromNameKind: answers.fromNameKind,
      companyName: answers.companyName.trim(),
      fromAddress: own === '' || own.toLowerCase() === address.value.toLowerCase() ? null : own,
      signatureHtml: answers.signatureOn && answers.signatureHtml !== '' ? answers.signatureHtml : null,
    }
  })
  const hostedSettings = computed<Omit<HostedSettings, 'inboxId'>>(() => ({
    form: answers.form,
    parentChannelId: answers.parentChannelId === '' ? null : answers.parentChannelId,
    address: address.value,
    forwardingAddress: answers.forwardingAddress.trim(),
    sender: sender.value,
  }))
  const inboxName = computed(() =>
    answers.inbox === NEW_INBOX ? answers.newInbox.trim() : (session.inbox(answers.inbox)?.name ?? ''),
  )

  // Another address has other servers: what was found or typed for the one before is of no use to it.
  let serversOf = from ? address.value : ''
  function serversFor(own: string): void {
    if (serversOf === own) return
    serversOf = own
    Object.assign(answers, blankForms(own))
  }

  function enter(next: StepId): void {
    problem.value = ''
    step.value = next
    if (next === 'servers') serversFor(address.value)
    if (next === 'sender' && answers.fromAddress.trim() === '') answers.fromAddress = address.value
    if (next === 'name' && answers.fromName === '') answers.fromName = session.me?.name ?? ''
    if (next === 'inbox') {
      const first = session.inboxes.find(({ canAct }) => canAct) ?? session.inboxes[0]
      if (answers.inbox === '') answers.inbox = first?.id ?? NEW_INBOX
      if (answers.fromName === '') answers.fromName = session.workspace?.name ?? ''
    }
    if (next === 'test' && live.state.value !== 'passed') void live.run(settings.value)
  }

  /** Runs a call; what goes wrong is shown on the screen, and on the screen of the field that it names. */
  async function guarded<T>(work: () => Promise<T>, words: (message: string) => string): Promise<T | null> {
    busy.value = true
    problem.value = ''
    try {
      return await work()
    } catch (error) {
      const at = stepOfField(answers, fieldOf(error))
      if (at && at !== step.value && !connected.value) enter(at)
      problem.value = words(wordsFor(error))
      return null
    } finally {
      busy.value = false
    }
  }

  /** Goes on from the present screen. Answers true when the wizard is done. */
  async function next(): Promise<boolean> {
    if (busy.value) return false
    if (connected.value) return (await guarded(holds, (message) => message)) === true && end()
    const asked = awaited.get(step.value)
    if (asked) await guarded(asked, (message) => message)
    tried[step.value] = true
    if (Object.keys(problems.value).length > 0) return false
    const on = await guarded(holds, (message) => message)
    if (on !== true) return false
    if (!isLast.value) {
      const following = steps.value[index.value + 1]
      if (following) enter(following)
      return false
    }
    const id = await guarded(
      () => connectAnswers({ answers, settings: settings.value, hosted: hostedSettings.value }),
      (message) => t('connect.failed', { message }),
    )
    if (id === null) return false
    live.stop()
    secrets.password = secrets.smtpPassword = ''
    const after = stepAfter(answers)
    if (!after) return end()
    channelId.value = id
    enter(after)
    return false
  }

  /** The engine's questions about a screen: they can hold the wizard back although every field is filled in. */
  async function holds(): Promise<boolean> {
    if (step.value === 'address' && (await look.check(true)) !== null) return false
    if (step.value === 'test') return live.state.value === 'passed'
    return (await guards.get(step.value)?.()) ?? true
  }

  function back(): void {
    const before = steps.value[index.value - 1]
    if (!before || busy.value || connected.value) return
    // A test that was passed stays passed; one that failed is run again with what was changed.
    if (live.state.value !== 'passed') live.stop()
    enter(before)
  }

  function goTo(id: StepId): void {
    if (steps.value.indexOf(id) < index.value && !busy.value && !connected.value) enter(id)
  }

  // A test belongs to what it tried.
  watch(
    () => JSON.stringify(settings.value),
    () => {
      if (live.state.value !== 'idle') live.reset()
    },
  )

  // Kept as it stands, so that a crash at any moment costs nothing that was typed.
  const ended = ref(false)
  function keep(): void {
    clearTimeout(timer)
    if (ended.value || userId === '') return
    keepBegun(userId, {
      version: 1,
      step: step.value,
      answers: { ...answers },
      channelId: channelId.value,
      receiverBefore: receiverBefore.value,
    })
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  watch([answers, step, channelId, receiverBefore], () => {
    clearTimeout(timer)
    timer = setTimeout(keep, 100)
  })
  window.addEventListener('pagehide', keep)
  onScopeDispose(() => {
    window.removeEventListener('pagehide', keep)
    live.stop()
    // Once it is connected, everything that is left can be found in the settings too.
    if (connected.value) end()
    else keep()
  })

  function end(): boolean {
    ended.value = true
    clearTimeout(timer)
    if (userId !== '') forgetBegun(userId)
    return true
  }

  /** Forgets everything that was typed, and puts the receiver back to what it was. */
  async function discard(): Promise<void> {
    const before = receiverBefore.value
    receiverBefore.value = null
    end()
    if (before && !connected.value) await putReceiverBack(before)
  }

  /** Begins again from the first screen. */
  async function startOver(): Promise<void> {
    await discard()
    Object.assign(answers, fresh())
    secrets.password = secrets.smtpPassword = ''
    Object.keys(tried).forEach((id) => delete tried[id as StepId])
    channelId.value = null
    resumed.value = false
    ended.value = false
    live.reset()
    enter('purpose')
  }

  const wizard = {
    answers,
    secrets,
    step,
    steps,
    index,
    isLast,
    busy,
    problem,
    problems,
    shown,
    resumed,
    connected,
    channelId,
    receiverBefore,
    address,
    look,
    live,
    channels,
    /** The channels are known: none is none then. */
    ready,
    parents,
    hosted,
    settings,
    sender,
    inboxName,
    /** Lets a screen hold the wizard back while it is shown. */
    guard(id: StepId, run: StepGuard) {
      guards.set(id, run)
      onScopeDispose(() => guards.delete(id))
    },
    /** What a screen asks the engine before it can be judged: an early "Next" waits for it. */
    awaits(id: StepId, asked: () => Promise<void>) {
      awaited.set(id, asked)
      onScopeDispose(() => awaited.delete(id))
    },
    next,
    back,
    goTo,
    discard,
    startOver,
    guarded,
  }
  provide(KEY, wizard)
  return wizard
}

export type Wizard = ReturnType<typeof createWizard>
const KEY: InjectionKey<Wizard> = Symbol('connect wizard')

/** The wizard that this screen belongs to. */
export function useWizard(): Wizard {
  const wizard = inject(KEY)
  if (!wizard) throw new Error('This screen stands outside the wizard.')
  return wizard
}
