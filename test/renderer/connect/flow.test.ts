import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resumeAt, stepAfter, stepOfField, stepsOf } from '@/features/connect-channel/wizard/flow.ts'
import { STEP_IDS, type StepId } from '@/features/connect-channel/wizard/answers.ts'

const team = { purpose: 'team', kind: 'imap' } as const
const hosted = { purpose: 'team', kind: 'hosted' } as const
const personal = { purpose: 'personal', kind: 'imap' } as const
const paths = fc.constantFrom(team, hosted, personal)

describe('the screens of the wizard', () => {
  it('asks first for what, then for the address, in every path', () => {
    for (const path of [team, hosted, personal])
      expect(stepsOf(path).slice(0, 2)).toEqual(['purpose', 'address'])
  })

  it('shows every screen at most once, and none of what comes after', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const steps = stepsOf(path)
        expect(new Set(steps).size).toBe(steps.length)
        expect(steps).not.toContain('preferences')
        expect(steps).not.toContain('forward')
      }),
    )
  })

  it('has the rules of an inbox for team addresses only (H6, H7), preferences for personal ones (B9)', () => {
    expect(stepsOf(team)).toContain('routing')
    expect(stepsOf(hosted)).toContain('routing')
    expect(stepsOf(personal)).not.toContain('routing')
    expect([team, hosted, personal].map(stepAfter)).toEqual([null, 'forward', 'preferences'])
  })
})

describe('going on after a crash', () => {
  it('never stands behind a password that is gone', () => {
    expect(resumeAt(team, 'routing', false)).toBe('servers')
    expect(resumeAt(personal, 'name', false)).toBe('servers')
    expect(resumeAt(hosted, 'routing', false)).toBe('routing')
  })

  it('always stands on a screen of its path, or after it', () => {
    fc.assert(
      fc.property(paths, fc.constantFrom(...STEP_IDS), (path, step: StepId) => {
        expect(stepsOf(path)).toContain(resumeAt(path, step, false))
      }),
    )
  })

  it('only has the rest left once it is connected', () => {
    expect(resumeAt(hosted, 'guide', true)).toBe('forward')
    expect(resumeAt(personal, 'name', true)).toBe('preferences')
  })
})

describe('a refusal that names a field', () => {
  it.each([
    [team, 'address', 'address'],
    [team, 'imap.security', 'servers'],
    [team, 'inboxId', 'inbox'],
    [team, 'fromName', 'inbox'],
    [personal, 'fromName', 'name'],
    [hosted, 'companyName', 'sender'],
    [hosted, 'sender.companyName', 'sender'],
    [hosted, 'forwardingAddress', 'forwarding'],
    [hosted, 'parentChannelId', 'receive'],
    [hosted, 'routing.userIds', 'routing'],
  ] as const)('of %o, %s, is answered on the screen %s', (path, field, step) => {
    expect(stepOfField(path, field)).toBe(step)
  })

  it('stays where it is when the field is not known, or has no screen in this path', () => {
    expect(stepOfField(team, undefined)).toBeNull()
    expect(stepOfField(team, 'colour')).toBeNull()
    expect(stepOfField(personal, 'inboxId')).toBeNull()
  })
})
