import type { Answers, StepId } from './answers.ts'

type Path = Pick<Answers, 'purpose' | 'kind'>

/** The screens up to "Connect and finish", in order, for what was chosen so far. */
export function stepsOf({ purpose, kind }: Path): readonly StepId[] {
  if (purpose === 'personal') return ['purpose', 'address', 'servers', 'test', 'name']
  return kind === 'imap'
    ? ['purpose', 'address', 'servers', 'test', 'inbox', 'routing']
    : ['purpose', 'address', 'receive', 'sender', 'inbox', 'routing', 'forwarding', 'guide']
}

/** The screen that follows once the address is connected; null where nothing is left to do. */
export function stepAfter({ purpose, kind }: Path): StepId | null {
  if (purpose === 'personal') return 'preferences'
  return kind === 'hosted' ? 'forward' : null
}

/** What needs the password in this window: it is kept nowhere, so after a restart these begin at the servers. */
const AFTER_PASSWORD: readonly StepId[] = ['test', 'name', 'inbox', 'routing']

/** Where a wizard that was begun goes on: where it was, but never behind a password that is gone. */
export function resumeAt(path: Path, step: StepId, connected: boolean): StepId {
  const after = stepAfter(path)
  if (connected) return after ?? 'purpose'
  const steps = stepsOf(path)
  if (!steps.includes(step)) return 'purpose'
  return path.kind === 'imap' && AFTER_PASSWORD.includes(step) ? 'servers' : step
}

/** The screen on which a field of the contract is answered, for a refusal that names one. */
export function stepOfField(path: Path, field: string | undefined): StepId | null {
  if (!field) return null
  const hosted = path.kind === 'hosted'
  const found = (
    [
      [/^address/, 'address'],
      [/^teamSeesEverything/, 'address'],
      [/^(imap|smtp|password)/, 'servers'],
      [/^(form|parentChannelId|host|port)/, 'receive'],
      [/^forwardingAddress/, 'forwarding'],
      [/^(sender|companyName|fromAddress|fromNameKind|signatureHtml)/, 'sender'],
      [/^fromName$/, path.purpose === 'personal' ? 'name' : 'inbox'],
      [/^inboxId|^name/, 'inbox'],
      [/^(routing|tickets)/, 'routing'],
    ] as const
  ).find(([pattern]) => pattern.test(field))?.[1]
  if (!found) return null
  const step = hosted && found === 'servers' ? 'receive' : found
  return stepsOf(path).includes(step) ? step : null
}
