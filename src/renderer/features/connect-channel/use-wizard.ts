import { computed, reactive, ref, shallowRef } from 'vue'
import { z } from 'zod'
import type { ConnectionSettings, ServerProposal } from '@contract/channels.ts'
import type { InboxId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { wordsFor } from '@/stores/report.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useLiveTest } from './live-test.ts'
import { blankForms, byCertainty, serverProblems, toForm, toSettings } from './servers.ts'
import type { Protocol, ServerForm } from './servers.ts'

export const STEPS = ['address', 'servers', 'test', 'finish'] as const
export type WizardStep = (typeof STEPS)[number]
/** The choice "a new inbox", beside the inboxes that are there. */
export const NEW_INBOX = 'new'

const isAddress = (text: string) => z.email().max(320).safeParse(text).success

/** The answers given in the wizard, and its steps. Nothing reaches the engine for keeping before `connect`. */
export function useWizard(connected: () => readonly { address: string }[]) {
  const session = useSessionStore()
  const step = ref<WizardStep>('address')
  const answers = reactive({
    address: '',
    password: '',
    smtpPassword: '',
    fromName: '',
    inbox: '' as InboxId | typeof NEW_INBOX | '',
    newInbox: '',
  })
  const forms = reactive<Record<Protocol, ServerForm>>(blankForms(''))
  const proposals = shallowRef<readonly ServerProposal[]>([])
  /** Which proposal is used; -1 when typed by hand. */
  const chosen = ref(-1)
  const discovering = ref(false)
  const busy = ref(false)
  /** What went wrong with the step itself, in words. */
  const problem = ref('')
  /** Fields are complained about once the user tried to go on. */
  const tried = reactive<Record<WizardStep, boolean>>({
    address: false,
    servers: false,
    test: false,
    finish: false,
  })
  let discovered = ''
  const live = useLiveTest()

  const address = computed(() => answers.address.trim())
  const domain = computed(() => address.value.slice(address.value.lastIndexOf('@') + 1))

  const errors = computed(() => {
    const taken = connected().some((channel) => channel.address.toLowerCase() === address.value.toLowerCase())
    const names = session.inboxes.map(({ name }) => name.trim().toLowerCase())
    const newName = answers.newInbox.trim()
    return {
      address: !isAddress(address.value)
        ? t('connect.addressProblem')
        : taken
          ? t('connect.addressTaken', { address: address.value })
          : null,
      password: answers.password === '' ? t('connect.passwordMissing') : null,
      newInbox:
        answers.inbox !== NEW_INBOX
          ? null
          : newName === ''
            ? t('connect.newInboxMissing')
            : names.includes(newName.toLowerCase())
              ? t('connect.newInboxTaken')
              : null,
    }
  })
  const shownErrors = computed(() => ({
    address: tried.address ? errors.value.address : null,
    password: tried.address ? errors.value.password : null,
    newInbox: tried.finish ? errors.value.newInbox : null,
  }))
  const serversOk = computed(() =>
    (['imap', 'smtp'] as const).every(
      (protocol) => Object.keys(serverProblems(forms[protocol], protocol)).length === 0,
    ),
  )

  const settings = computed<ConnectionSettings>(() => ({
    address: address.value,
    imap: toSettings(forms.imap),
    smtp: toSettings(forms.smtp),
    password: answers.password,
    ...(answers.smtpPassword !== '' && { smtpPassword: answers.smtpPassword }),
  }))

  function choose(index: number): void {
    chosen.value = index
    const proposal = proposals.value[index]
    if (!proposal) return
    forms.imap = toForm(proposal.imap)
    forms.smtp = toForm(proposal.smtp)
  }

  /** Looks the servers up; going back and on with the same address keeps what was typed by hand. */
  async function discover(): Promise<void> {
    if (discovered === address.value) return
    const own = address.value
    discovering.value = true
    proposals.value = []
    chosen.value = -1
    Object.assign(forms, blankForms(own))
    try {
      const found = byCertainty(await rpc.channels.discover({ address: own }))
      if (own !== address.value) return
      proposals.value = found
      if (found.length > 0) choose(0)
      discovered = own
    } catch (error) {
      problem.value = t('connect.discoverFailed', { message: wordsFor(error) })
    } finally {
      discovering.value = false
    }
  }

  function enter(next: WizardStep): void {
    problem.value = ''
    step.value = next
    if (next === 'servers') void discover()
    if (next === 'test') void live.run(settings.value)
    else live.stop()
    if (next === 'finish') {
      if (answers.inbox === '') answers.inbox = session.inboxes[0]?.id ?? NEW_INBOX
      if (answers.fromName === '') answers.fromName = session.workspace?.name ?? ''
    }
  }

  /** Goes on from the present step; answers true when the address is connected. */
  async function next(): Promise<boolean> {
    tried[step.value] = true
    if (step.value === 'address') {
      if (!errors.value.address && !errors.value.password) enter('servers')
    } else if (step.value === 'servers') {
      if (serversOk.value && !discovering.value) enter('test')
    } else if (step.value === 'test') {
      if (live.state.value === 'passed') enter('finish')
    } else if (!errors.value.newInbox) return await connect()
    return false
  }

  function back(): void {
    const index = STEPS.indexOf(step.value)
    const before = STEPS[index - 1]
    if (!before) return
    live.stop()
    problem.value = ''
    step.value = before
    // A test that was passed stays passed; one that failed is run again with what was changed.
    if (before === 'test' && live.state.value !== 'passed') void live.run(settings.value)
  }

  async function connect(): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = ''
    try {
      let inboxId = answers.inbox
      if (inboxId === NEW_INBOX || inboxId === '') {
        inboxId = (await rpc.inboxes.add({ name: answers.newInbox.trim() })).id
        // Should connecting fail now, the next try uses this inbox instead of making another.
        answers.inbox = inboxId
      }
      await rpc.channels.connect({ ...settings.value, inboxId, fromName: answers.fromName.trim() })
      return true
    } catch (error) {
      problem.value = t('connect.failed', { message: wordsFor(error) })
      return false
    } finally {
      busy.value = false
    }
  }

  return {
    step,
    answers,
    forms,
    proposals,
    chosen,
    discovering,
    busy,
    problem,
    tried,
    live,
    address,
    domain,
    shownErrors,
    settings,
    choose,
    next,
    back,
  }
}
