import { describe, expect, it } from 'vitest'
import {
  isLoopback,
  serverProblems,
  toForm,
  toSettings,
  withSecurity,
} from '@/features/connect-channel/servers.ts'
import type { ServerForm } from '@/features/connect-channel/servers.ts'

const form = (change: Partial<ServerForm> = {}): ServerForm => ({
  host: 'mail.acme.test',
  port: '993',
  security: 'tls',
  user: 'ada',
  ...change,
})

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', 'localhost', 'LOCALHOST', '::1', '[::1]', 'mail.localhost'])(
    '%s is this machine',
    (host) => expect(isLoopback(host)).toBe(true),
  )
  it.each(['127.0.0.1.evil.test', 'localhost.test', '10.0.0.1', '', 'mail.acme.test'])('%s is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  )
})

describe('serverProblems', () => {
  it('has nothing to say about good settings', () => expect(serverProblems(form(), 'imap')).toEqual({}))
  it('puts each problem at its field', () => {
    expect(serverProblems(form({ host: ' ', port: '0', user: '' }), 'imap')).toEqual({
      host: 'host_missing',
      port: 'port_invalid',
      user: 'user_missing',
    })
    expect(serverProblems(form({ host: 'https://mail.acme.test' }), 'imap')).toEqual({ host: 'host_invalid' })
    expect(serverProblems(form({ port: '65536' }), 'imap')).toEqual({ port: 'port_invalid' })
    expect(serverProblems(form({ port: '9e2' }), 'imap')).toEqual({ port: 'port_invalid' })
  })
  it('lets a submission server go without a user', () =>
    expect(serverProblems(form({ user: '' }), 'smtp')).toEqual({}))
  it('refuses an unencrypted connection to anything but this machine', () => {
    expect(serverProblems(form({ security: 'none' }), 'imap')).toEqual({ security: 'none_not_loopback' })
    expect(serverProblems(form({ security: 'none', host: '127.0.0.1' }), 'imap')).toEqual({})
  })
})

describe('withSecurity', () => {
  it('takes the usual port along and leaves one chosen by hand', () => {
    expect(withSecurity(form(), 'imap', 'starttls').port).toBe('143')
    expect(withSecurity(form({ port: '587' }), 'smtp', 'tls').port).toBe('465')
    expect(withSecurity(form({ port: '11143' }), 'imap', 'none').port).toBe('11143')
  })
})

describe('toSettings', () => {
  it('is undone by toForm', () => {
    const typed = form({ host: ' mail.acme.test ', port: ' 993' })
    expect(toForm(toSettings(typed))).toEqual(form())
  })
})
