import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionSettings, TestStep } from '../../src/contract/channels.ts'
import { testConnection, type LiveTestOptions } from '../../src/main/engine/channels/live-test.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../support/smtp-sink.ts'
import { startProxy } from '../support/tcp-proxy.ts'

let dovecot: Dovecot
const sinks: SmtpSink[] = []
beforeAll(async () => {
  dovecot = await startDovecot({ users: { ada: 'secret', ben: 'secret' } })
})
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.stop()
})
afterAll(() => dovecot?.stop())

async function sinkWith(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink({ users: { ada: 'secret' }, deliverTo: dovecot, ...options })
  sinks.push(sink)
  return sink
}

const settings = (sink: SmtpSink, change: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
  address: dovecot.address('ada'),
  imap: { host: '127.0.0.1', port: dovecot.port, security: 'none', user: 'ada' },
  smtp: { host: '127.0.0.1', port: sink.port, security: 'none', user: 'ada' },
  password: 'secret',
  ...change,
})

async function run(input: ConnectionSettings, options: Partial<LiveTestOptions> = {}): Promise<TestStep[]> {
  const steps: TestStep[] = []
  for await (const step of testConnection(input, { signal: new AbortController().signal, ...options }))
    steps.push(step)
  return steps
}

const outcome = (steps: TestStep[]) =>
  Object.fromEntries(steps.filter(({ state }) => state !== 'running').map(({ step, state }) => [step, state]))
const of = (steps: TestStep[], name: TestStep['step']) => steps.findLast(({ step }) => step === name)

describe('the live test', () => {
  it('goes through all steps, tells each as it begins and ends, and leaves nothing behind', async () => {
    const sink = await sinkWith()
    const steps = await run(settings(sink))
    expect(outcome(steps)).toEqual({
      dns: 'skipped',
      imap_connect: 'ok',
      imap_login: 'ok',
      imap_folders: 'ok',
      smtp_connect: 'ok',
      smtp_login: 'ok',
      round_trip: 'ok',
    })
    for (const { step, state, message, tookMs } of steps) {
      expect(message.length).toBeGreaterThan(10)
      expect(tookMs === null).toBe(state === 'running')
      if (state === 'ok') expect(steps.some((one) => one.step === step && one.state === 'running')).toBe(true)
    }
    expect(sink.received).toHaveLength(1)
    expect(dovecot.messagesOnDisk('ada')).toHaveLength(0)
  })

  it('looks up names, and says which one does not exist', async () => {
    const sink = await sinkWith()
    const input = settings(sink)
    const looked: string[] = []
    const steps = await run(
      { ...input, imap: { ...input.imap, host: 'imap.acme.test', security: 'tls' } },
      {
        signal: AbortSignal.timeout(30_000),
        imap: { times: { connect: 300 } },
        resolve: (host) => {
          looked.push(host)
          return Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
        },
      },
    )
    expect(looked).toEqual(['imap.acme.test'])
    expect(of(steps, 'dns')).toMatchObject({ state: 'failed', problem: { code: 'dns' } })
    expect(of(steps, 'dns')?.message).toContain('imap.acme.test')
    // The other half is tested nevertheless.
    expect(outcome(steps)).toMatchObject({
      imap_connect: 'failed',
      imap_login: 'skipped',
      smtp_login: 'ok',
      round_trip: 'skipped',
    })
  })

  it('tells a wrong IMAP password from a wrong SMTP one', async () => {
    const sink = await sinkWith()
    const imap = await run(settings(sink, { password: 'wrong', smtpPassword: 'secret' }))
    expect(outcome(imap)).toMatchObject({
      imap_connect: 'ok',
      imap_login: 'failed',
      imap_folders: 'skipped',
      smtp_login: 'ok',
      round_trip: 'skipped',
    })
    expect(of(imap, 'imap_login')?.problem).toMatchObject({ code: 'login_refused' })
    expect(of(imap, 'imap_login')?.problem?.serverText).toBeTruthy()
    const smtp = await run(settings(sink, { smtpPassword: 'wrong' }))
    expect(outcome(smtp)).toMatchObject({
      imap_folders: 'ok',
      smtp_connect: 'ok',
      smtp_login: 'failed',
      round_trip: 'skipped',
    })
    expect(of(smtp, 'smtp_login')?.problem).toMatchObject({ code: 'login_refused' })
    expect(sink.received).toHaveLength(0)
  })

  it('says when nothing listens', async () => {
    const sink = await sinkWith()
    await sink.halt()
    const steps = await run(settings(sink))
    expect(of(steps, 'smtp_connect')).toMatchObject({ state: 'failed', problem: { code: 'unreachable' } })
    expect(outcome(steps)).toMatchObject({ smtp_login: 'skipped', round_trip: 'skipped', imap_folders: 'ok' })
  })

  it('refuses a certificate that nobody vouches for', async () => {
    const sink = await sinkWith()
    const input = settings(sink)
    const imap = { host: '127.0.0.1', port: dovecot.tlsPort, security: 'tls' as const, user: 'ada' }
    const refused = await run({ ...input, imap })
    expect(of(refused, 'imap_connect')).toMatchObject({ state: 'failed', problem: { code: 'certificate' } })
    const accepted = await run({ ...input, imap }, { imap: { ca: [dovecot.ca] } })
    expect(of(accepted, 'imap_connect')?.message).toContain('certificate is valid')
    expect(of(accepted, 'round_trip')?.state).toBe('ok')
    const starttls = { ...imap, port: dovecot.port, security: 'starttls' as const }
    expect(outcome(await run({ ...input, imap: starttls }))).toMatchObject({
      imap_connect: 'failed',
      imap_login: 'skipped',
    })
    expect(outcome(await run({ ...input, imap: starttls }, { imap: { ca: [dovecot.ca] } }))).toMatchObject({
      imap_login: 'ok',
    })
  })

  it('works with a submission server that wants no login', async () => {
    const sink = await sinkWith({ users: undefined })
    const input = settings(sink)
    const steps = await run({ ...input, smtp: { ...input.smtp, user: '' } })
    expect(of(steps, 'smtp_login')?.message).toContain('without a login')
    expect(of(steps, 'round_trip')?.state).toBe('ok')
  })

  it('reports a message that is refused, or that does not come back', async () => {
    const sink = await sinkWith()
    sink.rule({ at: 'rcpt', reply: '550 5.7.1 You may not', times: 1 })
    const refused = await run(settings(sink))
    expect(of(refused, 'round_trip')).toMatchObject({ state: 'failed' })
    expect(of(refused, 'round_trip')?.problem?.serverText).toContain('You may not')
    const elsewhere = await sinkWith({ deliverTo: undefined })
    const lost = await run(settings(elsewhere), { roundTripMs: 200 })
    expect(of(lost, 'round_trip')).toMatchObject({ state: 'failed', problem: { code: 'timeout' } })
  })

  it('ends soon when nobody wants to know any more', async () => {
    const sink = await sinkWith({ deliverTo: undefined })
    const proxy = await startProxy(dovecot.port)
    const abort = new AbortController()
    const input = settings(sink)
    const steps: TestStep[] = []
    proxy.stall()
    for await (const step of testConnection(
      { ...input, imap: { ...input.imap, port: proxy.port } },
      { signal: abort.signal },
    )) {
      steps.push(step)
      if (step.step === 'imap_connect') abort.abort()
    }
    expect(steps.at(-1)?.step).not.toBe('round_trip')
    expect(outcome(steps)['imap_login']).not.toBe('ok')
    await proxy.close()
  })
})
