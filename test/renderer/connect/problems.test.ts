import { describe, expect, it } from 'vitest'
import type { UserId } from '@contract/ids.ts'
import { Answers, Begun, blankAnswers } from '@/features/connect-channel/wizard/answers.ts'
import { portOf, problemsOf, type ProblemContext } from '@/features/connect-channel/wizard/problems.ts'
import { toSender, toSenderForm } from '@/features/connect-channel/hosted/sender-form.ts'

const context = (answers: Partial<Answers> = {}, rest: Partial<ProblemContext> = {}): ProblemContext => ({
  answers: { ...blankAnswers(), ...answers },
  password: '',
  holder: null,
  inboxNames: ['Support'],
  companyNames: ['Acme Sales'],
  parents: [],
  ...rest,
})

describe('what a screen complains about', () => {
  it('wants the confirmation for team addresses only (B5)', () => {
    const address = 'help@acme.test'
    expect(Object.keys(problemsOf('address', context({ address })))).toEqual(['understood'])
    expect(problemsOf('address', context({ address, understood: true }))).toEqual({})
    expect(problemsOf('address', context({ address, purpose: 'personal' }))).toEqual({})
  })

  it('names who holds an address (B3), but says first that it is none', () => {
    const holder = 'help@acme.test is connected already'
    expect(problemsOf('address', context({ address: 'help@acme.test' }, { holder }))['address']).toBe(holder)
    expect(problemsOf('address', context({ address: 'help' }, { holder }))['address']).toMatch(
      /not an email address/,
    )
  })

  it.each(['Acme Sales', '  acme   sales ', 'ＡＣＭＥ Sales'])(
    'finds the company name %j taken (H2)',
    (companyName) => {
      const found = problemsOf('sender', context({ companyName, fromAddress: 'help@acme.test' }))
      expect(Object.keys(found)).toEqual(['companyName'])
    },
  )

  it('wants somebody to assign to, unless it is the contact’s owner (H6)', () => {
    const rules = (method: 'round_robin' | 'contact_owner', userIds: UserId[] = []): Partial<Answers> => ({
      conversations: {
        of: '',
        touched: true,
        routing: { automatic: true, method, userIds, teamIds: [], onlyAvailable: true },
        tickets: {
          create: false,
          pipeline: '',
          status: 'new',
          priority: 'low',
          category: '',
          ownerId: null,
        },
      },
    })
    expect(Object.keys(problemsOf('routing', context(rules('round_robin'))))).toEqual(['routing'])
    expect(problemsOf('routing', context(rules('contact_owner')))).toEqual({})
    expect(
      problemsOf(
        'routing',
        context(rules('round_robin', ['b0ff8e2c-3b3f-4b3e-9d53-6a1d6f1f0a11' as UserId])),
      ),
    ).toEqual({})
  })

  it('takes ports that can be listened on', () => {
    expect(['0', '25', ' 2525 ', '65535'].map(portOf)).toEqual([0, 25, 2525, 65_535])
    expect(['', '-1', '65536', '2.5', '1e3', 'smtp'].map(portOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ])
  })
})

describe('what is kept of a wizard', () => {
  it('has no room for a password', () => {
    expect(Object.keys(Answers.shape).filter((name) => /password|secret/i.test(name))).toEqual([])
    const kept = Begun.parse({
      version: 1,
      step: 'servers',
      answers: { ...blankAnswers(), password: 'hidden' },
      channelId: null,
      receiverBefore: null,
      password: 'hidden',
    })
    expect(JSON.stringify(kept)).not.toContain('hidden')
  })

  it('refuses what is of another time or was cut off', () => {
    expect(Begun.safeParse({ version: 2 }).success).toBe(false)
    expect(Begun.safeParse(null).success).toBe(false)
  })
})

describe('the From address', () => {
  const form = {
    fromNameKind: 'company' as const,
    companyName: ' Acme ',
    fromAddress: 'Help@Acme.test',
    signatureOn: false,
    signatureHtml: '<p>Regards</p>',
  }
  it('is the default where it is the address itself', () => {
    expect(toSender(form, 'help@acme.test')).toEqual({
      fromNameKind: 'company',
      companyName: 'Acme',
      fromAddress: null,
      signatureHtml: null,
    })
    expect(toSender({ ...form, fromAddress: 'hi@acme.test' }, 'help@acme.test').fromAddress).toBe(
      'hi@acme.test',
    )
  })

  it('comes back as it was', () => {
    const sender = toSender({ ...form, signatureOn: true }, 'help@acme.test')
    expect(toSender(toSenderForm(sender, 'help@acme.test'), 'help@acme.test')).toEqual(sender)
  })
})
