import type { BounceReason } from '../../src/contract/messages.ts'

/** Bounces as mail systems write them; every one made up for these tests. All are about `offer@acme.test` to gone@kunde.test. */
export type Bounce = {
  system: string
  raw: string
  address: string
  kind: 'bounced' | 'delayed'
  reason: BounceReason
  status: string | null
  hard: boolean
  /** Part of what the server said. */
  said: string
  /** Whether it names the Message-ID, or only the subject. */
  names: 'id' | 'subject'
}

const head = (from: string, subject: string, more: readonly string[] = []): string =>
  [
    'Return-Path: <>',
    `From: ${from}`,
    'To: support@acme.test',
    `Subject: ${subject}`,
    `Message-ID: <bounce.${subject.length}@mx.test>`,
    'Date: Thu, 02 Oct 2025 10:00:00 +0000',
    ...more,
  ].join('\n')

const original =
  'From: Support <support@acme.test>\nTo: gone@kunde.test\nSubject: Your offer\nMessage-ID: <offer@acme.test>\n'

/** RFC 3464: words, machine-readable part, what was sent. */
const dsn = (
  words: string,
  status: string,
  enclosed: 'message/rfc822' | 'text/rfc822-headers' = 'message/rfc822',
): string =>
  [
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    words,
    '--b',
    'Content-Type: message/delivery-status',
    '',
    status,
    '',
    '--b',
    `Content-Type: ${enclosed}`,
    '',
    `${original}\nHere it is.`,
    '--b--',
    '',
  ].join('\n')

export const bounces: readonly Bounce[] = [
  {
    system: 'Postfix',
    raw: `${head('MAILER-DAEMON@mx.acme.test (Mail Delivery System)', 'Undelivered Mail Returned to Sender', ['Auto-Submitted: auto-replied'])}
${dsn(
  'This is the mail system at host mx.acme.test.\n\n<gone@kunde.test>: host mx.kunde.test said: 550 5.1.1 User unknown (in reply to RCPT TO command)',
  `Reporting-MTA: dns; mx.acme.test
X-Postfix-Queue-ID: 1234

Final-Recipient: rfc822; gone@kunde.test
Original-Recipient: rfc822;gone@kunde.test
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.kunde.test
Diagnostic-Code: smtp; 550 5.1.1 <gone@kunde.test>: Recipient address rejected:
    User unknown in virtual mailbox table`,
)}`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: '5.1.1',
    hard: true,
    said: 'Recipient address rejected: User unknown',
    names: 'id',
  },
  {
    system: 'Postfix, delayed',
    raw: `${head('MAILER-DAEMON@mx.acme.test (Mail Delivery System)', 'Delayed Mail (still being retried)')}
${dsn(
  '####  THIS IS A WARNING ONLY.',
  `Reporting-MTA: dns; mx.acme.test

Final-Recipient: rfc822; gone@kunde.test
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.kunde.test[192.0.2.1]:25: Connection timed out
Will-Retry-Until: Tue, 7 Oct 2025 10:00:00 +0000 (UTC)`,
  'text/rfc822-headers',
)}`,
    address: 'gone@kunde.test',
    kind: 'delayed',
    reason: 'unreachable',
    status: '4.4.1',
    hard: false,
    said: 'Connection timed out',
    names: 'id',
  },
  {
    system: 'Exchange Online',
    raw: `${head('Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.test>', 'Undeliverable: Your offer', ['Auto-Submitted: auto-replied', 'In-Reply-To: <offer@acme.test>', 'References: <offer@acme.test>'])}
${dsn(
  "Your message to gone@kunde.test couldn't be delivered. gone wasn't found at kunde.test.",
  `Reporting-MTA: dns;AM0PR01MB.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;acme.test

Final-Recipient: rfc822;gone@kunde.test
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup`,
)}`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: '5.1.10',
    hard: true,
    said: 'RecipientNotFound',
    names: 'id',
  },
  {
    system: 'Gmail',
    raw: `${head('Mail Delivery Subsystem <mailer-daemon@googlemail.com>', 'Delivery Status Notification (Failure)', ['X-Failed-Recipients: gone@kunde.test', 'Auto-Submitted: auto-replied', 'References: <offer@acme.test>'])}
${dsn(
  '** Message blocked **\n\nYour message to gone@kunde.test has been blocked.',
  `Reporting-MTA: dns; googlemail.com
Arrival-Date: Thu, 02 Oct 2025 03:00:00 -0700 (PDT)
X-Original-Message-ID: <offer@acme.test>

Final-Recipient: rfc822; gone@kunde.test
Action: failed
Status: 5.7.1
Diagnostic-Code: smtp; 550 5.7.1 Message rejected due to spam content`,
)}`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'policy',
    status: '5.7.1',
    hard: false,
    said: 'spam content',
    names: 'id',
  },
  {
    system: 'Gmail, full mailbox',
    raw: `${head('Mail Delivery Subsystem <mailer-daemon@googlemail.com>', 'Delivery Status Notification (Failure)', ['X-Failed-Recipients: gone@kunde.test'])}
${dsn(
  "The recipient's inbox is out of storage space.",
  `Reporting-MTA: dns; googlemail.com

Final-Recipient: rfc822; gone@kunde.test
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552-5.2.2 The email account that you tried to reach is over quota.`,
)}`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'mailbox_full',
    status: '5.2.2',
    hard: false,
    said: 'over quota',
    names: 'id',
  },
  {
    system: 'a gateway that writes 5.0.0',
    raw: `${head('postmaster@gw.kunde.test', 'Returned mail: see transcript for details')}
${dsn(
  'could not deliver',
  `Reporting-MTA: dns; gw.kunde.test

Final-Recipient: RFC822; <GONE@Kunde.Test>
Action: failed
Status: 5.0.0
Diagnostic-Code: SMTP; 552 5.2.3 Message exceeds the maximum size of 10 MB`,
)}`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'too_large',
    status: '5.2.3',
    hard: false,
    said: 'exceeds the maximum size',
    names: 'id',
  },
  {
    system: 'qmail',
    raw: `${head('MAILER-DAEMON@mx.kunde.test', 'failure notice')}

Hi. This is the qmail-send program at mx.kunde.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<gone@kunde.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@acme.test>
Received: (qmail 1 invoked by uid 0); 1 Oct 2025 10:00:00 -0000
${original}
Here it is.
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: '5.1.1',
    hard: true,
    said: 'no mailbox here by that name',
    names: 'id',
  },
  {
    system: 'Exim',
    raw: `${head('Mail Delivery System <Mailer-Daemon@mx.acme.test>', 'Mail delivery failed: returning message to sender', ['X-Failed-Recipients: gone@kunde.test', 'Auto-Submitted: auto-replied'])}

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  gone@kunde.test
    SMTP error from remote mail server after RCPT TO:<gone@kunde.test>:
    host mx.kunde.test [192.0.2.1]: 550 No such user here

------ This is a copy of the message, including all the headers. ------

Return-path: <support@acme.test>
${original}
Here it is.
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: null,
    hard: true,
    said: '550 No such user here',
    names: 'id',
  },
  {
    system: 'Exim, delayed',
    raw: `${head('Mail Delivery System <Mailer-Daemon@mx.acme.test>', 'Warning: message 1a-2b delayed 24 hours', ['Auto-Submitted: auto-replied'])}

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.acme.test.

The message identifier is:     1a-2b
The subject of the message is: Your offer

The following address(es) have not yet been delivered:

  gone@kunde.test
    Delay reason: Connection timed out

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals.
`,
    address: 'gone@kunde.test',
    kind: 'delayed',
    reason: 'unreachable',
    status: null,
    hard: false,
    said: 'Connection timed out',
    names: 'subject',
  },
  {
    system: 'Sendmail 8',
    raw: `${head('Mail Delivery Subsystem <MAILER-DAEMON@mx.acme.test>', 'Returned mail: see transcript for details')}

The original message was received at Wed, 1 Oct 2025 10:00:00 GMT
from localhost

   ----- The following addresses had permanent fatal errors -----
<gone@kunde.test>
    (reason: 550 5.1.1 <gone@kunde.test>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.kunde.test.:
>>> DATA
<<< 550 5.1.1 <gone@kunde.test>... User unknown

   ----- Original message follows -----

${original}
Here it is.
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: '5.1.1',
    hard: true,
    said: 'User unknown',
    names: 'id',
  },
  {
    system: 'Exchange 5.5',
    raw: `${head('System Administrator <postmaster@kunde.test>', 'Undeliverable: Your offer')}

Your message

  To:      gone@kunde.test
  Subject: Your offer
  Sent:    Wed, 1 Oct 2025 10:00:00 -0000

did not reach the following recipient(s):

gone@kunde.test on Wed, 1 Oct 2025 10:00:05 -0000
    The recipient name is not recognized
	The MTS-ID of the original message is: c=de;a= ;p=kunde
    MSEXCH:IMS:KUNDE:MX:MX 0 (000C05A6) Unknown Recipient
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: null,
    hard: true,
    said: 'Unknown Recipient',
    names: 'subject',
  },
  {
    system: 'Domino',
    raw: `${head('Mail Router <MAILER-DAEMON@notes.kunde.test>', 'DELIVERY FAILURE: User gone (gone@kunde.test) not listed in Domino Directory')}

Your message

  Subject: Your offer

was not delivered to:

  gone@kunde.test

because:

  User gone (gone@kunde.test) not listed in Domino Directory
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'no_such_address',
    status: null,
    hard: true,
    said: 'not listed in Domino Directory',
    names: 'subject',
  },
  {
    system: 'Yahoo',
    raw: `${head('MAILER-DAEMON@yahoo.test', 'Failure Notice')}

Sorry, we were unable to deliver your message to the following address.

<gone@kunde.test>:
554: delivery error: dd This user doesn't have a yahoo.test account (gone@kunde.test) [0] - mta1.mail.yahoo.test

--- Below this line is a copy of the message.

${original}
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'unknown',
    status: null,
    hard: false,
    said: "This user doesn't have",
    names: 'id',
  },
  {
    system: 'a German provider',
    raw: `${head('"Mail Delivery System" <mailer-daemon@kundenserver.test>', 'Unzustellbar: Ihr Angebot')}

Diese Nachricht wurde automatisch erzeugt.

Ihre Nachricht konnte nicht zugestellt werden an:

gone@kunde.test:
Das Postfach ist voll.

--- Original message headers ---
${original}
`,
    address: 'gone@kunde.test',
    kind: 'bounced',
    reason: 'mailbox_full',
    status: null,
    hard: false,
    said: 'Das Postfach ist voll',
    names: 'id',
  },
]
