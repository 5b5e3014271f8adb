import { isContractProcedure } from '@orpc/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../src/contract/index.ts'
import { mergeRecords } from '../../src/main/engine/crm/merging/merge.ts'
import { appendOp } from '../../src/main/engine/store/ops.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import { insertRefused } from '../../src/main/engine/store/tables/refused-mail.ts'
import { ticketOfThread } from '../../src/main/engine/store/tables/tickets.ts'
import { encodeCursor } from '../../src/main/engine/read/cursor.ts'
import { collectUndo } from '../../src/main/engine/store/undo.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { connectHosted } from '../../src/main/engine/team/hosted-actions.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import { addTeam } from '../../src/main/engine/team/team-actions.ts'
import type { TestClient } from '../support/engine.ts'
import { personalMail } from '../support/personal-mail.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

/**
 * Every method of the contract, tried by everybody (A1 to A3). A method that is not declared here fails the test: whoever
 * adds one says who may call it, and what somebody who is not a member of the inbox gets.
 */

const ROLES = ['signed out', 'outsider', 'account access', 'super admin', 'member'] as const
type Role = (typeof ROLES)[number]

/**
 * `sees`: the answer holds something of the inbox; `nothing`: it holds nothing of it. `done`: it was answered; an
 * outsider's answer holds nothing.
 * `passes`: nothing about access stopped it (what it needs besides is not in this test). Else the code of the refusal.
 */
type Outcome = 'sees' | 'nothing' | 'done' | 'passes' | 'NO_USER' | 'NOT_FOUND' | 'NOT_ALLOWED' | 'CONFLICT'
type Outcomes = readonly [Outcome, Outcome, Outcome, Outcome, Outcome]

/** A thing of the inbox that is looked at: it does not exist for outsiders. */
const READ: Outcomes = ['NO_USER', 'NOT_FOUND', 'sees', 'sees', 'sees']
/** A list: outsiders find nothing of the inbox in it. */
const LIST: Outcomes = ['NO_USER', 'done', 'sees', 'sees', 'sees']
/** What only members do; those who see every inbox are told why not. */
const ACT: Outcomes = ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'done']
/** The same; what it needs besides one conversation is not in this test. */
const ACT_ON_MORE: Outcomes = ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'passes']
/** Looking after channels: members and admins. */
const MANAGE: Outcomes = ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done']
const MANAGE_WITH_SERVER: Outcomes = ['NO_USER', 'NOT_FOUND', 'passes', 'passes', 'passes']
const ADMIN: Outcomes = ['NO_USER', 'NOT_ALLOWED', 'done', 'done', 'NOT_ALLOWED']
/** Of the member alone: their drafts, their personal address. */
const OWN: Outcomes = ['NO_USER', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'done']
const OWN_SEES: Outcomes = ['NO_USER', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'sees']
const OWN_LIST: Outcomes = ['NO_USER', 'nothing', 'nothing', 'nothing', 'sees']
/** About the outsider: their own, or an admin's to change. */
const THEIRS: Outcomes = ['NO_USER', 'done', 'done', 'done', 'NOT_ALLOWED']
const ANYBODY: Outcomes = ['NO_USER', 'done', 'done', 'done', 'done']

type Scene = {
  ws: Workspace
  ids: Record<
    | 'outsider'
    | 'member'
    | 'board'
    | 'team'
    | 'channel'
    | 'personal'
    | 'personalMail'
    | 'neverLog'
    | 'hosted'
    | 'thread'
    | 'comment'
    | 'message'
    | 'ticket'
    | 'contact'
    | 'draft'
    | 'outbox'
    | 'refused'
    | 'domain'
    | 'undo'
    | 'double'
    | 'property'
    | 'view'
    | 'merged'
    | 'import'
    | 'note'
    | 'call'
    | 'task'
    | 'libraryItem'
    | 'quote'
    | 'meeting'
    | 'tag'
    | 'threadView'
    | 'followed'
    | 'blocked',
    never
  >
  draftVersion: number
  /** Texts that only an answer about the inbox can hold. */
  secrets: string[]
  users: Record<Exclude<Role, 'signed out'>, string>
}

type Call = (client: TestClient, scene: Scene) => Promise<unknown>

const server = { host: '127.0.0.1', port: 1, security: 'none' as const }
const content = (scene: Scene) => ({
  channelId: scene.ids.channel,
  to: [{ name: '', address: 'carla@customer.test' }],
  cc: [],
  bcc: [],
  subject: 'Re: Secret plan',
  html: '<p>Secret answer</p>',
})
const quote = (contactId: string) => ({
  name: 'Secret quote',
  audience: 'me' as const,
  record: { type: 'contact' as const, id: contactId },
  currency: 'EUR',
  issuedOn: '2026-11-22',
  lines: [{ text: 'Secret lamp', quantity: 1000, price: 100, discount: 0, tax: 0 }],
})
const sender = {
  fromNameKind: 'company' as const,
  companyName: 'Acme',
  fromAddress: null,
  signatureHtml: null,
}

/** The first thing that a stream says. */
const first = async (stream: Promise<AsyncIteratorObject<unknown>>): Promise<unknown> => {
  const iterator = await stream
  const { value } = await iterator.next()
  await iterator.return?.()
  return value
}

const ALL_OPEN = { status: 'open' as const, match: 'all' as const, conditions: [] }
const TICKETS = { columns: [], filters: [], sort: { key: 'number', descending: true } }
const onTicket = (scene: Scene) => ({ type: 'ticket' as const, id: scene.ids.ticket })

const contactRef = (id: never) => ({ type: 'contact' as const, id })

/** Names as in the contract. */
const methods: Record<string, [call: Call, outcomes: Outcomes]> = {
  'workspace.get': [(c) => c.workspace.get({}), ['done', 'done', 'sees', 'sees', 'sees']],
  'workspace.create': [
    (c) => c.workspace.create({ name: 'X', userName: 'X', userEmail: 'x@x.test', inboxName: 'X' }),
    ['CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT'],
  ],
  'workspace.startSample': [
    (c) => c.workspace.startSample({}),
    ['CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT'],
  ],
  'workspace.discardSample': [
    (c) => c.workspace.discardSample({}),
    ['NO_USER', 'CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT'],
  ],

  'users.signIn': [
    (c, s) => c.users.signIn({ id: s.ids.outsider }),
    ['done', 'done', 'done', 'done', 'done'],
  ],
  'users.add': [(c) => c.users.add({ name: 'New', email: 'new@acme.test', role: 'member' }), ADMIN],
  'users.update': [(c, s) => c.users.update({ id: s.ids.outsider, name: 'Otto O.' }), THEIRS],
  'users.setAvailability': [
    (c, s) => c.users.setAvailability({ id: s.ids.outsider, availability: 'away' }),
    THEIRS,
  ],
  'users.setPassphrase': [
    (c, s) => c.users.setPassphrase({ id: s.ids.outsider, passphrase: 'a new one' }),
    ['NO_USER', 'done', 'NOT_ALLOWED', 'done', 'NOT_ALLOWED'],
  ],
  'users.avatarUploadUrl': [(c, s) => c.users.avatarUploadUrl({ id: s.ids.outsider }), THEIRS],
  'users.removeAvatar': [(c, s) => c.users.removeAvatar({ id: s.ids.outsider }), THEIRS],

  'teams.list': [(c) => c.teams.list({}), ANYBODY],
  'teams.add': [(c) => c.teams.add({ name: 'New' }), ADMIN],
  'teams.update': [(c, s) => c.teams.update({ id: s.ids.team, memberIds: [s.ids.outsider] }), ADMIN],
  'teams.remove': [(c, s) => c.teams.remove({ id: s.ids.team }), ADMIN],

  'inboxes.add': [(c) => c.inboxes.add({ name: 'New' }), ADMIN],
  'inboxSettings.get': [(c, s) => c.inboxSettings.get({ id: s.ids.board }), READ],
  'inboxSettings.update': [
    (c, s) => c.inboxSettings.update({ id: s.ids.board, access: 'everyone' }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'NOT_ALLOWED'],
  ],

  'channels.list': [(c) => c.channels.list({}), LIST],
  'channels.discover': [(c) => c.channels.discover({ address: 'a@gmail.com' }), ANYBODY],
  'channels.test': [
    (c) => first(c.channels.test({ address: 'a@acme.test', imap: server, smtp: server, password: 'x' })),
    ANYBODY,
  ],
  // A refusal names who holds the address (B3), to whoever wants to connect it.
  'channels.checkAddress': [
    (c) => c.channels.checkAddress({ address: 'board@acme.test' }),
    ['NO_USER', 'sees', 'sees', 'sees', 'sees'],
  ],
  'channels.release': [
    (c) => c.channels.release({ address: 'board@acme.test' }),
    ['NO_USER', 'NOT_ALLOWED', 'CONFLICT', 'CONFLICT', 'NOT_ALLOWED'],
  ],
  'channels.checkProvider': [
    (c) => c.channels.checkProvider({ address: 'a@gmail.com', imapHost: 'imap.gmail.com' }),
    ANYBODY,
  ],
  'channels.connect': [
    (c, s) =>
      c.channels.connect({
        address: 'second@acme.test',
        inboxId: s.ids.board,
        teamSeesEverything: true,
        fromName: '',
        imap: server,
        smtp: server,
        password: 'x',
      }),
    MANAGE,
  ],
  'channels.setPersonal': [(c, s) => c.channels.setPersonal({ id: s.ids.personal, font: 'Georgia' }), OWN],
  'channels.update': [(c, s) => c.channels.update({ id: s.ids.channel, fromName: 'New' }), MANAGE],
  'channels.disconnect': [(c, s) => c.channels.disconnect({ id: s.ids.channel }), MANAGE],
  'channels.retry': [(c, s) => c.channels.retry({ id: s.ids.channel }), MANAGE],
  'channels.retrySetAside': [(c, s) => c.channels.retrySetAside({ id: s.ids.channel }), MANAGE],
  'channels.junk': [(c, s) => c.channels.junk({ id: s.ids.channel }), MANAGE_WITH_SERVER],
  'channels.junkBody': [(c, s) => c.channels.junkBody({ id: s.ids.channel, uid: 1 }), MANAGE_WITH_SERVER],

  'hosted.list': [(c) => c.hosted.list({}), LIST],
  'hosted.proposeAddress': [
    (c, s) =>
      c.hosted.proposeAddress({
        inboxId: s.ids.board,
        form: 'alias',
        parentChannelId: s.ids.channel,
        address: 'sales@acme.test',
      }),
    MANAGE,
  ],
  'hosted.preview': [(c) => c.hosted.preview({ sender, address: 'sales@acme.test' }), ANYBODY],
  'hosted.connect': [
    (c, s) =>
      c.hosted.connect({
        inboxId: s.ids.board,
        form: 'alias',
        parentChannelId: s.ids.channel,
        address: 'sales@acme.test',
        forwardingAddress: 'board+sales@acme.test',
        sender: { ...sender, companyName: 'Acme Sales' },
      }),
    MANAGE,
  ],
  'hosted.update': [
    (c, s) => c.hosted.update({ id: s.ids.hosted, sender: { ...sender, companyName: 'Other' } }),
    MANAGE,
  ],
  'hosted.guides': [(c) => c.hosted.guides({}), ANYBODY],
  'hosted.testRoundTrip': [(c, s) => first(c.hosted.testRoundTrip({ id: s.ids.hosted })), MANAGE_WITH_SERVER],
  'receiver.get': [(c) => c.receiver.get({}), ANYBODY],
  'receiver.configure': [(c) => c.receiver.configure({ enabled: false, host: '127.0.0.1', port: 0 }), ADMIN],
  'refusedMail.list': [(c, s) => c.refusedMail.list({ inboxId: s.ids.board }), READ],
  'refusedMail.release': [
    (c, s) => c.refusedMail.release({ id: s.ids.refused }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'passes'],
  ],
  'domains.list': [(c) => c.domains.list({}), ANYBODY],
  'domains.add': [(c) => c.domains.add({ domain: 'new.test' }), ADMIN],
  'domains.check': [(c, s) => c.domains.check({ id: s.ids.domain }), ANYBODY],
  'doctor.examine': [(c, s) => first(c.doctor.examine({ id: s.ids.channel })), MANAGE_WITH_SERVER],

  'threads.list': [
    (c, s) => {
      const views = [
        'unassigned',
        'mine',
        'open',
        'snoozed',
        'closed',
        'sent',
        'drafts',
        'mentions',
        'spam',
        'outbox',
      ] as const
      const inbox = `inbox-${s.ids.board as string}` as never
      return Promise.all([...views, inbox].map((view) => c.threads.list({ view })))
    },
    LIST,
  ],
  'threads.counts': [(c) => c.threads.counts({}), LIST],
  'threads.get': [(c, s) => c.threads.get({ id: s.ids.thread }), READ],
  'threads.items': [
    (c, s) =>
      c.threads.items({
        id: s.ids.thread,
        cursor: encodeCursor([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, '', Number.MAX_SAFE_INTEGER]),
      }),
    READ,
  ],
  'threads.assign': [(c, s) => c.threads.assign({ ids: [s.ids.thread], assigneeId: s.ids.member }), ACT],
  'threads.close': [(c, s) => c.threads.close({ ids: [s.ids.thread] }), ACT],
  'threads.move': [(c, s) => c.threads.move({ ids: [s.ids.thread], inboxId: s.ids.board }), ACT],
  'threads.snooze': [(c, s) => c.threads.snooze({ ids: [s.ids.thread], until: 'reply' }), ACT],
  'threads.reopen': [(c, s) => c.threads.reopen({ ids: [s.ids.thread] }), ACT],
  // What leads on to the next piece of work leads only to where one may do it.
  'threads.nextUnassigned': [
    (c) => c.threads.nextUnassigned({}),
    ['NO_USER', 'nothing', 'nothing', 'nothing', 'sees'],
  ],
  'threads.markRead': [(c, s) => c.threads.markRead({ ids: [s.ids.thread], read: true }), ACT],
  'threads.comment': [(c, s) => c.threads.comment({ id: s.ids.thread, text: 'hello' }), ACT],
  'threads.tag': [(c, s) => c.threads.tag({ ids: [s.ids.thread], add: [s.ids.tag] }), ACT],
  'threads.setPriority': [(c, s) => c.threads.setPriority({ ids: [s.ids.thread], priority: 'high' }), ACT],
  // It takes no more than to see the conversation.
  'threads.follow': [
    (c, s) => c.threads.follow({ ids: [s.ids.thread], on: true }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  'threads.followedComments': [
    (c, s) => c.threads.followedComments({ ids: [s.ids.followed] }),
    ['NO_USER', 'nothing', 'nothing', 'nothing', 'sees'],
  ],
  // Tags are everybody's; on what they are is not.
  'tags.list': [(c) => c.tags.list({}), ANYBODY],
  'tags.uses': [(c) => c.tags.uses({}), ANYBODY],
  'tags.ofThreads': [
    (c, s) => c.tags.ofThreads({ ids: [s.ids.thread] }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  'tags.create': [(c, s) => c.tags.create({ name: 'New', on: [s.ids.thread] }), ACT],
  'tags.update': [(c, s) => c.tags.update({ id: s.ids.tag, name: 'Renamed' }), ANYBODY],
  'tags.remove': [(c, s) => c.tags.remove({ id: s.ids.tag }), ANYBODY],
  'threadViews.list': [(c) => c.threadViews.list({}), OWN_LIST],
  'threadViews.save': [(c) => c.threadViews.save({ name: 'New', shared: true, settings: ALL_OPEN }), ANYBODY],
  'threadViews.move': [(c, s) => c.threadViews.move({ id: s.ids.threadView, before: null }), OWN],
  'threadViews.remove': [(c, s) => c.threadViews.remove({ id: s.ids.threadView }), OWN],
  'threads.ofMessage': [(c, s) => c.threads.ofMessage({ id: s.ids.message }), READ],

  'grouping.mergeCandidates': [(c, s) => c.grouping.mergeCandidates({ ids: [s.ids.thread] }), READ],
  'grouping.merge': [
    (c, s) => c.grouping.merge({ ids: [s.ids.thread, s.ids.thread], into: s.ids.thread }),
    ACT_ON_MORE,
  ],
  'grouping.takeApart': [(c, s) => c.grouping.takeApart({ id: s.ids.thread }), ACT_ON_MORE],
  'grouping.splitCandidates': [
    (c, s) => c.grouping.splitCandidates({ messageId: s.ids.message }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'sees'],
  ],
  'grouping.split': [(c, s) => c.grouping.split({ messageIds: [s.ids.message] }), ACT_ON_MORE],
  'grouping.putBack': [(c, s) => c.grouping.putBack({ id: s.ids.thread }), ACT_ON_MORE],
  'grouping.parts': [
    (c, s) => c.grouping.parts({ id: s.ids.thread }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  'history.list': [(c, s) => c.history.list({ id: s.ids.thread }), READ],
  'history.at': [
    (c, s) => c.history.at({ id: s.ids.thread, moment: { seq: 0, at: Number.MAX_SAFE_INTEGER } }),
    READ,
  ],
  'history.check': [(c) => c.history.check({}), ANYBODY],
  'comments.get': [(c, s) => c.comments.get({ id: s.ids.comment }), READ],
  'comments.history': [(c, s) => c.comments.history({ id: s.ids.comment }), READ],
  // Its writer's alone, and of those only who may act in the inbox.
  'comments.edit': [(c, s) => c.comments.edit({ id: s.ids.comment, text: 'hello' }), ACT],
  'comments.remove': [(c, s) => c.comments.remove({ id: s.ids.comment }), ACT],
  'comments.draft': [
    (c, s) => c.comments.draft({ threadId: s.ids.thread }),
    ['NO_USER', 'NOT_FOUND', 'nothing', 'nothing', 'sees'],
  ],
  'comments.saveDraft': [(c, s) => c.comments.saveDraft({ threadId: s.ids.thread, text: 'hel' }), ACT],
  'comments.attachUrl': [(c, s) => c.comments.attachUrl({ threadId: s.ids.thread, name: 'a.txt' }), ACT],
  // What is not in one's own draft is not there.
  'comments.detach': [(c, s) => c.comments.detach({ id: s.ids.comment }), ANYBODY],
  'comments.markRead': [
    (c, s) => c.comments.markRead({ threadId: s.ids.thread }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],

  'spam.mark': [(c, s) => c.spam.mark({ ids: [s.ids.thread] }), ACT],
  'spam.unmark': [(c, s) => c.spam.unmark({ ids: [s.ids.thread] }), ACT],
  'spam.ofThread': [
    (c, s) => c.spam.ofThread({ id: s.ids.thread }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  // The list is the whole workspace's: everybody reads it, and whoever works in an inbox, or an admin, writes it.
  'spam.blocked': [(c) => c.spam.blocked({}), ANYBODY],
  'spam.block': [
    (c) => c.spam.block({ pattern: 'win@prizes.test' }),
    ['NO_USER', 'NOT_ALLOWED', 'done', 'done', 'done'],
  ],
  'spam.unblock': [
    (c, s) => c.spam.unblock({ ids: [s.ids.blocked] }),
    ['NO_USER', 'NOT_ALLOWED', 'done', 'done', 'done'],
  ],

  'passOn.files': [(c, s) => c.passOn.files({ draftId: s.ids.draft }), OWN],
  'passOn.teams': [
    (c, s) => c.passOn.teams({ ids: [s.ids.thread] }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  // The team works in no inbox of the member's: what stops them is not who they are.
  'passOn.handOver': [
    (c, s) => c.passOn.handOver({ ids: [s.ids.thread], teamId: s.ids.team, comment: 'Please take this.' }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'passes'],
  ],
  'passOn.mailboxUrl': [(c, s) => c.passOn.mailboxUrl({ id: s.ids.thread }), READ],

  'tickets.ofThread': [(c, s) => c.tickets.ofThread({ threadId: s.ids.thread }), READ],
  'tickets.create': [
    (c, s) => c.tickets.create({ threadId: s.ids.thread }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'CONFLICT'],
  ],
  'tickets.update': [(c, s) => c.tickets.update({ id: s.ids.ticket, fields: { priority: 'urgent' } }), ACT],

  'messages.get': [(c, s) => c.messages.get({ id: s.ids.message }), READ],
  'messages.body': [(c, s) => c.messages.body({ id: s.ids.message }), READ],
  'messages.allowRemoteContent': [
    (c, s) => c.messages.allowRemoteContent({ id: s.ids.message, scope: 'message' }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  'messages.attribute': [
    (c, s) => c.messages.attribute({ id: s.ids.message, to: 'forwarder' }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'CONFLICT'],
  ],
  // Which addresses bounced is part of contacts, and those are the whole workspace's.
  'messages.bounces': [(c) => c.messages.bounces({ addresses: ['carla@customer.test'] }), ANYBODY],
  'messages.retryParse': [(c, s) => c.messages.retryParse({ id: s.ids.message }), ACT],

  // Contacts are the whole workspace's; what happened with them shows as far as one sees the inboxes.
  'contacts.get': [(c, s) => c.contacts.get({ id: s.ids.contact }), ANYBODY],
  'contacts.update': [(c, s) => c.contacts.update({ id: s.ids.contact, fields: { phone: '1' } }), ANYBODY],
  'contacts.search': [(c) => c.contacts.search({ query: 'carla' }), ANYBODY],
  'contacts.threads': [(c, s) => c.contacts.threads({ id: s.ids.contact }), LIST],
  'contacts.attachments': [(c, s) => c.contacts.attachments({ id: s.ids.contact }), LIST],

  // On a ticket, what belongs to its inbox; on other records whoever sees them, which is everybody.
  'activities.timeline': [(c, s) => c.activities.timeline({ record: onTicket(s) }), READ],
  'activities.addNote': [(c, s) => c.activities.addNote({ record: onTicket(s), text: 'hello' }), ACT],
  'activities.updateNote': [(c, s) => c.activities.updateNote({ id: s.ids.note, text: 'hello' }), ACT],
  'activities.logCall': [
    (c, s) => c.activities.logCall({ record: onTicket(s), direction: 'in', outcome: 'busy' }),
    ACT,
  ],
  'activities.updateCall': [(c, s) => c.activities.updateCall({ id: s.ids.call, duration: 9 }), ACT],
  'activities.addTask': [(c, s) => c.activities.addTask({ record: onTicket(s), title: 'hello' }), ACT],
  'activities.updateTask': [(c, s) => c.activities.updateTask({ id: s.ids.task, title: 'hello' }), ACT],
  'activities.myTasks': [(c) => c.activities.myTasks({}), OWN_LIST],
  'activities.dismissReminder': [(c, s) => c.activities.dismissReminder({ id: s.ids.task }), OWN],

  'drafts.open': [
    (c, s) => c.drafts.open({ mode: 'reply', sourceMessageId: s.ids.message }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'sees'],
  ],
  'drafts.get': [
    (c, s) => c.drafts.get({ id: s.ids.draft }),
    ['NO_USER', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'sees'],
  ],
  'drafts.list': [(c) => c.drafts.list({}), OWN_LIST],
  'drafts.save': [
    (c, s) => c.drafts.save({ id: s.ids.draft, version: s.draftVersion, content: content(s) }),
    OWN,
  ],
  'drafts.discard': [(c, s) => c.drafts.discard({ id: s.ids.draft }), OWN],
  'drafts.history': [(c, s) => c.drafts.history({ id: s.ids.draft }), OWN],
  'drafts.restore': [(c, s) => c.drafts.restore({ id: s.ids.draft, version: s.draftVersion }), OWN],
  'drafts.attachUrl': [
    (c, s) => c.drafts.attachUrl({ id: s.ids.draft, name: 'a.txt', mimeType: 'text/plain' }),
    OWN,
  ],
  'drafts.detach': [(c, s) => c.drafts.detach({ id: s.ids.draft, attachmentId: s.ids.message }), OWN],
  'drafts.reattach': [
    (c, s) => c.drafts.reattach({ id: s.ids.draft, attachmentId: s.ids.message }),
    ['NO_USER', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
  ],
  'drafts.renameAttachment': [
    (c, s) => c.drafts.renameAttachment({ id: s.ids.draft, attachmentId: s.ids.message, name: 'x' }),
    ['NO_USER', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
  ],
  'drafts.answerInstead': [
    (c, s) =>
      c.drafts.answerInstead({
        id: s.ids.draft,
        version: s.draftVersion,
        mode: 'reply_all',
        sourceMessageId: s.ids.message,
      }),
    OWN_SEES,
  ],
  // Its writer sees it elsewhere, and as text like everybody who sees the inbox.
  'drafts.ofThread': [
    (c, s) => c.drafts.ofThread({ threadId: s.ids.thread }),
    ['NO_USER', 'NOT_FOUND', 'sees', 'sees', 'nothing'],
  ],
  'drafts.read': [(c, s) => c.drafts.read({ id: s.ids.draft }), READ],
  'drafts.recipients': [(c) => c.drafts.recipients({ query: 'carla' }), ANYBODY],
  'drafts.groupMembers': [(c, s) => c.drafts.groupMembers({ kind: 'team', id: s.ids.team }), ANYBODY],
  'drafts.recipientZone': [(c) => c.drafts.recipientZone({ addresses: ['carla@customer.test'] }), ANYBODY],
  'drafts.senders': [(c) => c.drafts.senders({}), OWN_LIST],
  'drafts.facts': [
    (c, s) => c.drafts.facts({ id: s.ids.draft, channelId: s.ids.channel, recipients: [] }),
    OWN,
  ],
  'drafts.send': [(c, s) => c.drafts.send({ id: s.ids.draft, version: s.draftVersion }), OWN],

  'outbox.get': [(c, s) => c.outbox.get({ id: s.ids.outbox }), READ],
  'outbox.list': [(c) => c.outbox.list({}), LIST],
  ...Object.fromEntries(
    (['undo', 'sendNow', 'discard'] as const).map((name): [string, [Call, Outcomes]] => [
      `outbox.${name}`,
      [
        (c, s) => c.outbox[name]({ id: s.ids.outbox }),
        ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'passes'],
      ],
    ]),
  ),
  'outbox.resolve': [
    (c, s) => c.outbox.resolve({ id: s.ids.outbox, as: 'sent' }),
    ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED', 'NOT_ALLOWED', 'passes'],
  ],

  // Contacts and companies are the whole workspace's; what is merged or not is for everyone to say.
  // Contacts, companies and deals are the whole workspace's; a ticket lies where its conversation does.
  'records.properties': [(c) => c.records.properties({ type: 'contact' }), ANYBODY],
  'records.addProperty': [
    (c) => c.records.addProperty({ type: 'contact', name: 'New', valueType: 'text' }),
    ADMIN,
  ],
  'records.updateProperty': [(c, s) => c.records.updateProperty({ id: s.ids.property, name: 'New' }), ADMIN],
  'records.pipelines': [(c) => c.records.pipelines({}), ANYBODY],
  'records.savePipeline': [
    (c) =>
      c.records.savePipeline({ name: 'New', stages: [{ name: 'One', outcome: 'open', probability: 50 }] }),
    ADMIN,
  ],
  'records.settings': [(c) => c.records.settings({}), ANYBODY],
  'records.saveSettings': [(c) => c.records.saveSettings({ phoneCountry: 'IT' }), ADMIN],
  'records.list': [(c) => c.records.list({ type: 'ticket', settings: TICKETS }), LIST],
  'records.get': [(c, s) => c.records.get(onTicket(s)), READ],
  'records.search': [(c) => c.records.search({ query: 'secret' }), LIST],
  'records.create': [(c) => c.records.create({ type: 'deal', values: { name: 'New' } }), ANYBODY],
  'records.update': [
    (c, s) => c.records.update({ type: 'ticket', ids: [s.ids.ticket], values: { priority: 'urgent' } }),
    ACT,
  ],
  'records.remove': [(c, s) => c.records.remove({ type: 'ticket', ids: [s.ids.ticket] }), ACT],
  'records.associate': [
    (c, s) => c.records.associate({ a: onTicket(s), b: contactRef(s.ids.double), on: true }),
    ACT,
  ],
  'records.ofThread': [(c, s) => c.records.ofThread({ threadId: s.ids.thread }), READ],
  'records.associateThread': [
    (c, s) => c.records.associateThread({ threadId: s.ids.thread, ref: contactRef(s.ids.double), on: true }),
    ACT,
  ],
  'records.setAddress': [
    (c, s) => c.records.setAddress({ contactId: s.ids.contact, address: 'new@x.test', on: true }),
    ANYBODY,
  ],
  'records.setPhone': [
    (c, s) => c.records.setPhone({ contactId: s.ids.contact, number: '+39 06 6982', on: false }),
    ANYBODY,
  ],
  'recordViews.list': [(c) => c.recordViews.list({ type: 'ticket' }), ANYBODY],
  'recordViews.save': [
    (c) => c.recordViews.save({ type: 'ticket', name: 'New', shared: true, settings: TICKETS }),
    ANYBODY,
  ],
  'recordViews.remove': [(c, s) => c.recordViews.remove({ id: s.ids.view }), OWN],
  'records.mergePreview': [
    (c, s) => c.records.mergePreview({ keep: contactRef(s.ids.contact), other: contactRef(s.ids.double) }),
    ANYBODY,
  ],
  'records.merge': [
    (c, s) => c.records.merge({ keep: contactRef(s.ids.contact), other: contactRef(s.ids.double), take: [] }),
    ANYBODY,
  ],
  'records.unmerge': [(c, s) => c.records.unmerge(contactRef(s.ids.merged)), ANYBODY],
  'records.duplicates': [(c) => c.records.duplicates({ type: 'contact' }), ANYBODY],
  'records.dismissDuplicate': [
    (c, s) => c.records.dismissDuplicate({ a: contactRef(s.ids.contact), b: contactRef(s.ids.double) }),
    ANYBODY,
  ],
  // What the member did to a contact: theirs, or an admin's to take back.
  'undo.run': [(c, s) => c.undo.run({ id: s.ids.undo }), ['NO_USER', 'NOT_ALLOWED', 'done', 'done', 'done']],

  // Unlogged personal mail is its owner's alone (G8); of the mail of teams there is nothing to say.
  // Everybody may import; an import is its maker's and an admin's.
  'imports.uploadUrl': [(c) => c.imports.uploadUrl({ recordType: 'contact', fileName: 'a.csv' }), ANYBODY],
  'imports.list': [(c) => c.imports.list({}), LIST],
  'imports.get': [(c, s) => c.imports.get({ id: s.ids.import }), READ],
  'imports.check': [(c, s) => c.imports.check({ id: s.ids.import, mapping: ['email'] }), MANAGE],
  'imports.rows': [(c, s) => c.imports.rows({ id: s.ids.import }), MANAGE],
  'imports.run': [(c, s) => c.imports.run({ id: s.ids.import }), MANAGE_WITH_SERVER],
  'imports.stop': [(c, s) => c.imports.stop({ id: s.ids.import }), MANAGE_WITH_SERVER],
  'imports.undo': [(c, s) => c.imports.undo({ id: s.ids.import }), MANAGE_WITH_SERVER],
  'imports.discard': [(c, s) => c.imports.discard({ id: s.ids.import }), MANAGE],
  'imports.exportUrl': [(c) => c.imports.exportUrl({ type: 'contact', format: 'csv' }), ANYBODY],
  'logging.decisions': [(c, s) => c.logging.decisions({ channelId: s.ids.personal }), OWN_SEES],
  'logging.ofMessage': [(c, s) => c.logging.ofMessage({ id: s.ids.message }), MANAGE],
  'logging.logNow': [(c, s) => c.logging.logNow({ id: s.ids.personalMail }), OWN],
  'logging.addAsAlias': [
    (c, s) => c.logging.addAsAlias({ id: s.ids.personalMail, contactId: s.ids.contact }),
    OWN,
  ],
  'logging.unlog': [
    (c, s) => c.logging.unlog({ id: s.ids.message }),
    ['NO_USER', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
  ],
  'logging.neverLog': [(c) => c.logging.neverLog({}), OWN_LIST],
  'logging.addNeverLog': [
    (c) => c.logging.addNeverLog({ pattern: 'lawyer.test', scope: 'workspace' }),
    ADMIN,
  ],
  'logging.removeNeverLog': [(c, s) => c.logging.removeNeverLog({ id: s.ids.neverLog }), OWN],
  'logging.removeCovered': [(c, s) => c.logging.removeCovered({ id: s.ids.neverLog }), OWN],
  'logging.settings': [(c, s) => c.logging.settings({ channelId: s.ids.personal }), OWN],
  'logging.setSettings': [(c, s) => c.logging.setSettings({ channelId: s.ids.personal, mode: 'off' }), OWN],
  'logging.addresses': [(c) => c.logging.addresses({}), ANYBODY],
  'logging.setAddresses': [(c) => c.logging.setAddresses({ bcc: null, forward: null }), ADMIN],
  'logging.dropUrl': [(c) => c.logging.dropUrl({}), ANYBODY],
  'logging.diagnostics': [(c, s) => c.logging.diagnostics({ id: s.ids.personalMail }), OWN_SEES],

  // A personal entry is its owner's alone; what is shared with a team or everyone is in test/outbox/insertables.
  'library.list': [(c) => c.library.list({}), OWN_LIST],
  'library.folders': [(c) => c.library.folders({}), OWN_LIST],
  'library.get': [(c, s) => c.library.get({ id: s.ids.libraryItem }), OWN_SEES],
  'library.save': [
    (c, s) => c.library.save({ id: s.ids.libraryItem, kind: 'snippet', name: 'New', audience: 'me' }),
    OWN,
  ],
  'library.remove': [(c, s) => c.library.remove({ ids: [s.ids.libraryItem] }), OWN],
  'library.uploadUrl': [
    (c) => c.library.uploadUrl({ name: 'a.txt', mimeType: 'text/plain', audience: 'everyone' }),
    ANYBODY,
  ],
  'library.tokens': [(c) => c.library.tokens({}), ANYBODY],
  'library.preview': [(c) => c.library.preview({ subject: '', content: '{{ contact.name }}' }), ANYBODY],
  'library.shortcuts': [(c) => c.library.shortcuts({}), OWN_LIST],
  'library.insert': [(c, s) => c.library.insert({ id: s.ids.libraryItem, draftId: s.ids.draft }), OWN],
  'library.export': [(c) => c.library.export({}), OWN_LIST],
  'library.import': [(c) => c.library.import({ audience: 'everyone', entries: [] }), ANYBODY],
  'library.times': [(c, s) => c.library.times({ id: s.ids.meeting }), OWN],

  // A quote is an entry of the library: its owner's here.
  'quotes.get': [(c, s) => c.quotes.get({ id: s.ids.quote }), OWN_SEES],
  'quotes.start': [(c) => c.quotes.start({}), ANYBODY],
  'quotes.save': [(c, s) => c.quotes.save({ ...quote(s.ids.contact), id: s.ids.quote }), OWN],
  'quotes.setState': [(c, s) => c.quotes.setState({ id: s.ids.quote, state: 'sent' }), OWN],
  'quotes.duplicate': [(c, s) => c.quotes.duplicate({ id: s.ids.quote }), OWN],
  'quotes.totals': [(c) => c.quotes.totals({ currency: 'EUR', lines: [] }), ANYBODY],

  'search.threads': [(c) => c.search.threads({ query: 'secret' }), LIST],
  // Everything that was committed so far, by name.
  // Of a conversation that one sees; who else is in it is heard by those who see it too.
  'presence.here': [
    (c, s) => c.presence.here({ places: [{ threadId: s.ids.thread, doing: 'answering' }] }),
    ['NO_USER', 'NOT_FOUND', 'done', 'done', 'done'],
  ],
  'presence.stream': [(c) => first(c.presence.stream({})), ['done', 'nothing', 'sees', 'sees', 'nothing']],
  'events.stream': [(c) => first(c.events.stream({ sinceRev: 0 })), ['done', 'done', 'sees', 'sees', 'sees']],
}

/** `threads.get` and so on, from the contract itself. */
function namesIn(router: object, path = ''): string[] {
  return Object.entries(router).flatMap(([name, entry]: [string, unknown]) =>
    isContractProcedure(entry) ? [`${path}${name}`] : namesIn(entry as object, `${path}${name}.`),
  )
}

/** An inbox "Board" that only the member of a team is a member of, with one of everything in it. */
async function makeScene(): Promise<Scene> {
  const ws = makeWorkspace()
  const { store } = ws
  const member = ws.user('Mia')
  const outsider = ws.user('Otto')
  const reader = ws.user('Rita', 'account_access')
  const admin = ws.user('Sam', 'super_admin')
  const board = ws.inbox('Board', [])
  const team = addTeam(store, admin, { name: 'Directors', memberIds: [member] })
  updateInbox(store, accessOf(store.read, admin)!, board, { teamIds: [team] })
  const channel = await ws.channel(board, 'board@acme.test')
  const mail = ws.mail(channel, {
    subject: 'Secret plan',
    text: 'Secret text',
    attachments: [{ name: 'plan.txt', content: 'the plan' }],
  })
  const asMember = await ws.as(member)
  const personal = await asMember.channels.connect({
    address: 'mia.private@acme.test',
    purpose: 'personal',
    fromName: 'Mia',
    imap: server,
    smtp: server,
    password: 'x',
  })
  const upload = await asMember.imports.uploadUrl({ recordType: 'contact', fileName: 'Secret people.csv' })
  const file = await ws.fetch(upload.url, { method: 'POST', body: 'Email\nann@customer.test\n' })
  const { id: importId } = (await file.json()) as { id: string }
  const neverLog = await asMember.logging.addNeverLog({ pattern: 'family.test', scope: 'me' })
  const scene = { ids: { channel } } as unknown as Scene
  const write = async (answers?: string) => {
    const draft = await asMember.drafts.open(
      answers
        ? { mode: 'reply', sourceMessageId: answers as never }
        : { mode: 'new', channelId: channel as never },
    )
    return asMember.drafts
      .save({ id: draft.id, version: draft.version, content: content(scene) })
      .then(({ version }) => ({ id: draft.id, version }))
  }
  const { outboxId } = await asMember.drafts.send(await write())
  const draft = await write(mail.messageId)
  const hosted = connectHosted(store, admin, {
    inboxId: board as never,
    form: 'alias',
    parentChannelId: channel as never,
    address: 'help@acme.test' as never,
    forwardingAddress: 'board+help@acme.test' as never,
    sender: { ...sender, companyName: 'Acme Help' },
  })
  const refused = 'f0f0f0f0-0000-4000-8000-000000000001'
  const domain = 'f0f0f0f0-0000-4000-8000-000000000002'
  store.write((write) => {
    const [raw] = store.blobs.put(write.db, [Buffer.from('raw refused')])
    insertRefused(write.db, {
      id: refused,
      channel_id: hosted,
      inbox_id: board,
      at: write.now,
      from_address: 'eve@evil.test',
      to_address: 'board+help@acme.test',
      subject: 'Secret refusal',
      size: 1,
      state: 'quarantined',
      reason: 'DMARC failed',
      client: '127.0.0.1',
      raw_hash: raw!,
    })
    write.changed('refusedMail', refused)
    const values = { domain: 'acme.test', token: 'x', created_at: write.now }
    appendOp(write, store.hlc, null, { entity: 'domain', id: domain, kind: 'create', values })
  })
  const undo = store.write((write) => {
    const collected = collectUndo(write, store, member)
    const id = contactIdOf('carla@customer.test')
    collected.append({ entity: 'contact', id, kind: 'set', values: { notes: 'a note' } })
    return collected.id()
  })
  const ticket = ticketOfThread(store.read, mail.threadId)!.id
  const record = { type: 'ticket' as const, id: ticket }
  const note = await asMember.activities.addNote({ record, text: 'Secret note' })
  const call = await asMember.activities.logCall({ record, direction: 'in', outcome: 'busy' })
  const task = await asMember.activities.addTask({ record, title: 'Secret task', remindAt: 1 })
  const [double, merged] = ['double@customer.test', 'merged@customer.test'].map((address) => {
    const id = contactIdOf(address)
    store.write((write) => {
      const values = { address, name: '', first_seen_at: 0, last_seen_at: 0, created_at: write.now }
      appendOp(write, store.hlc, null, { entity: 'contact', id, kind: 'create', values })
    })
    return id
  }) as [string, string]
  mergeRecords(store, member, 'contact', {
    keep: contactIdOf('carla@customer.test'),
    other: merged,
    take: [],
  })
  const view = await asMember.recordViews.save({
    type: 'ticket',
    name: 'Mine',
    shared: false,
    settings: TICKETS,
  })
  await asMember.spam.block({ pattern: 'rich@prizes.test' })
  const [blocked] = (await asMember.spam.blocked({})).senders
  const entry = await asMember.library.save({
    kind: 'snippet',
    name: 'Secret snippet',
    content: '<p>Secret words</p>',
    folder: 'Secret folder',
    shortcut: 'hidden',
    audience: 'me',
  })
  const offer = await asMember.quotes.save(quote(contactIdOf('carla@customer.test')))
  const meeting = await asMember.library.save({
    kind: 'meeting',
    name: 'Secret talk',
    audience: 'me',
    url: 'https://book.test',
    meeting: {},
  })
  const tag = await asMember.tags.create({ name: 'Refund' })
  const threadView = await asMember.threadViews.save({
    name: 'Secret view',
    shared: false,
    settings: ALL_OPEN,
  })
  await asMember.threads.follow({ ids: [mail.threadId as never], on: true })
  const followed = { id: 'f0f0f0f0-0000-4000-8000-000000000003' }
  store.write((write) => {
    const values = { thread_id: mail.threadId, author_id: admin, text: 'Secret aside', at: write.now }
    appendOp(write, store.hlc, admin, { entity: 'comment', id: followed.id, kind: 'create', values })
  })
  const byAdmin = await ws.as(admin)
  const property = await byAdmin.records.addProperty({ type: 'contact', name: 'Tier', valueType: 'text' })
  await asMember.records.associateThread({ threadId: mail.threadId as never, ref: record, on: true })
  const comment = await asMember.threads.comment({ id: mail.threadId as never, text: 'Secret comment' })
  await asMember.comments.saveDraft({ threadId: mail.threadId as never, text: 'Secret thought' })
  await asMember.presence.here({ places: [{ threadId: mail.threadId as never, doing: 'answering' }] })
  const ids = {
    property: property.id,
    view: view.id,
    quote: offer.id,
    meeting: meeting.id,
    tag: tag.id,
    threadView: threadView.id,
    followed: followed.id,
    outsider,
    member,
    board,
    team,
    channel,
    personal: personal.id,
    personalMail: personalMail(ws, personal.id, { from: 'friend@secret.test', subject: 'Secret party' }),
    neverLog: neverLog.id,
    hosted,
    thread: mail.threadId,
    comment: comment.id,
    message: mail.messageId,
    ticket,
    contact: contactIdOf('carla@customer.test'),
    draft: draft.id,
    outbox: outboxId,
    refused,
    domain,
    import: importId,
    undo,
    double,
    merged,
    note: note.id,
    call: call.id,
    task: task.id,
    libraryItem: entry.id,
    blocked: blocked!.id,
  } as unknown as Scene['ids']
  const hidden = [
    'board',
    'channel',
    'personal',
    'personalMail',
    'neverLog',
    'hosted',
    'thread',
    'message',
    'ticket',
    'note',
    'call',
    'task',
    'libraryItem',
  ] as const
  const secrets = [
    ...hidden.map((name) => String(ids[name])),
    ...[ids.draft, ids.outbox, ids.refused].map(String),
    'board@acme.test',
    'mia.private@acme.test',
    'board+help@acme.test',
    'plan.txt',
    'Secret',
    'Board',
  ]
  return {
    ws,
    ids,
    draftVersion: draft.version,
    secrets,
    users: { outsider, 'account access': reader, 'super admin': admin, member },
  }
}

function connectAs({ ws, users }: Scene, role: Role): Promise<TestClient> {
  if (role !== 'signed out') return ws.as(users[role])
  // Whoever opens a window first is not signed in as the machine's latest user.
  ws.store.write(({ db }) => db.run(`DELETE FROM machine_settings WHERE key = 'me_id'`))
  return Promise.resolve(ws.connect().client)
}

/** For what only reads. */
let original: Scene
/** For everything else: it serves until something was changed in it, and refusals leave it as it was. */
let copy: Scene | null = null
const leaveCopy = () => {
  copy?.ws.stop()
  copy = null
}
beforeAll(async () => {
  original = await makeScene()
})
afterAll(() => {
  leaveCopy()
  original.ws.stop()
})

/** What came of a call, in the words of the table. */
async function outcomeOf(
  call: Call,
  scene: Scene,
  role: Role,
): Promise<{ outcome: string; reveals: boolean; text: string }> {
  const client = await connectAs(scene, role)
  const answer = await call(client, scene).then(
    (value) => ({ outcome: 'done', text: JSON.stringify(value) ?? '' }),
    (error: { code?: string; message: string }) => ({
      outcome: error.code ?? 'unknown',
      text: error.message,
    }),
  )
  return { ...answer, reveals: scene.secrets.some((secret) => answer.text.includes(secret)) }
}

const READS =
  /\.(get|list|counts|items|of\w+|body|search|threads|attachments|timeline|senders|check\w+|guides|preview|stream|decisions|diagnostics)$/
const REFUSALS = ['NO_USER', 'NOT_FOUND', 'NOT_ALLOWED']

test('every method of the contract is declared, and nothing else', () => {
  expect(Object.keys(methods).sort()).toEqual(namesIn(contract).sort())
})

describe.each(Object.keys(methods))('%s', (name) => {
  const [call, outcomes] = methods[name]!
  test.each(ROLES.map((role, i) => [role, outcomes[i]!] as const))('%s: %s', async (role, expected) => {
    const scene = READS.test(name) ? original : (copy ??= { ...original, ws: original.ws.copy() })
    const { outcome, reveals, text } = await outcomeOf(call, scene, role)
    if (scene === copy && !REFUSALS.includes(outcome)) leaveCopy()
    const isOutside = role === 'signed out' || role === 'outsider'
    if (expected === 'sees' || expected === 'nothing')
      expect([outcome, reveals, text]).toEqual(['done', expected === 'sees', text])
    else if (expected === 'passes') expect(REFUSALS).not.toContain(outcome)
    else expect([outcome, text]).toEqual([expected, text])
    // Refusals give nothing away either.
    if (isOutside && expected !== 'sees') expect([reveals, text]).toEqual([false, text])
  })
})
