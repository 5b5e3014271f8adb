import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTown, type Town } from '../support/company.ts'
import { buildMail, seedMaildir, syntheticMailbox } from '../support/mail.ts'
import { until } from '../support/ports.ts'

let town: Town
beforeAll(async () => {
  town = await startTown({ users: 4 })
})
afterAll(async () => {
  await town?.stop()
})

test('a personal channel is live and counted, imports nothing, and fails in sight', async () => {
  const company = await town.company()
  const { client } = company
  const user = town.nextUser()
  const address = town.dovecot.address(user)
  seedMaildir(town.dovecot, user, [...syntheticMailbox(30, 4, { to: address })])
  const server = { host: '127.0.0.1', port: town.dovecot.port, security: 'none' as const, user }
  const { id } = await client.channels.connect({
    address,
    purpose: 'personal',
    fromName: 'Ada',
    imap: server,
    smtp: { host: '127.0.0.1', port: town.sink.port, security: 'none' },
    password: 'secret',
  })
  const channel = async () => (await client.channels.list({})).find((one) => one.id === id)!
  const live = await until('the personal channel to be live', async () => {
    const one = await channel()
    return one.health.state === 'live' && one
  })
  expect(live.importsMail).toBe(false)
  expect(live.folders.find((folder) => folder.role === 'inbox')).toMatchObject({
    serverCount: 30,
    localCount: 0,
  })

  // New mail is counted at the next look, and stays where it is.
  const mail = buildMail({ from: 'Carla <carla@kunde.test>', to: address, subject: 'Private', text: 'x' })
  await town.dovecot.deliver(user, mail)
  await client.channels.retry({ id })
  await until('the count of 31', async () => (await channel()).folders.some((one) => one.serverCount === 31))
  const local = company.local()
  expect(local.messages).toEqual([])
  expect(local.copies).toEqual([])
  expect(local.count('SELECT count(*) AS n FROM threads')).toBe(0)
  expect(local.count('SELECT count(*) AS n FROM contacts')).toBe(0)

  await client.channels.update({ id, imap: { ...server, user: 'nobody' } })
  const failing = await until('the refused login', async () => {
    const one = await channel()
    return one.health.state === 'failing' && one
  })
  expect(failing.health.problem?.code).toBe('login_refused')
})
