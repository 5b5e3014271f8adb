/**
 * The sample team's two weeks: a small maker of bicycle lights, with customers in five languages. People, firms and
 * addresses are invented; the domains are reserved for examples (RFC 2606).
 */

export const TEAM = {
  workspace: 'Lumen Bike Lights (sample)',
  domain: 'lumen.example',
  users: [
    { name: 'Mira Novak', email: 'mira@lumen.example', role: 'super_admin' },
    { name: 'Jonas Weber', email: 'jonas@lumen.example', role: 'member' },
    { name: 'Lucia Ferri', email: 'lucia@lumen.example', role: 'member' },
  ],
  inboxes: [
    { name: 'Support', address: 'support@lumen.example', fromName: 'Lumen Support' },
    { name: 'Sales', address: 'sales@lumen.example', fromName: 'Lumen Sales' },
  ],
} as const

export type InboxName = (typeof TEAM.inboxes)[number]['name']
export type UserName = (typeof TEAM.users)[number]['name']

/** The team's tags, with their colours. */
export const TAGS = { Warranty: 'orange', Wholesale: 'blue', VIP: 'violet' } as const
export type TagName = keyof typeof TAGS

export type StoryFile = { name: string; kind: 'picture' | 'pdf' | 'csv'; inline?: boolean; text?: string }

export type StoryMessage = {
  /** Unique in the story: the local part of its Message-ID. */
  key: string
  /** `us`: an answer of the team. */
  from: 'us' | { name: string; address: string }
  /** Days before now, and the time of that day in minutes. */
  daysAgo: number
  minute: number
  text: string
  html?: string
  files?: StoryFile[]
  cc?: { name: string; address: string }[]
  headers?: Record<string, string>
  /** Replaces the thread's subject. */
  subject?: string
  read?: boolean
  /** A delivery report on that message (RFC 3464). */
  bounceOf?: string
}

export type StoryThread = {
  inbox: InboxName
  subject: string
  messages: StoryMessage[]
  /** What the team has done with it since. */
  assignee?: UserName
  closed?: boolean
  comments?: { by: UserName; text: string }[]
  tags?: TagName[]
}

const person = (name: string, address: string) => ({ name, address })
const nina = person('Nina Hartmann', 'nina.hartmann@radhaus.example')
const paolo = person('Paolo Rinaldi', 'paolo@ciclirinaldi.example')
const carmen = person('Carmen Ortega', 'carmen.ortega@example.org')
const piotr = person('Piotr Zieliński', 'piotr.zielinski@rowerowo.example')
const emma = person('Emma Clarke', 'emma.clarke@example.net')
const sam = person('Sam Okafor', 'sam.okafor@citycouriers.example')
const yuki = person('Yuki Tanaka', 'yuki@kinoko-cycles.example')
const anna = person('Anna Lindqvist', 'anna.lindqvist@example.com')
const tom = person('Tom Baker', 'tom.baker@example.net')
const greta = person('Greta Moreau', 'g.moreau@velo-lyon.example')
const giulia = person('Giulia Conti', 'giulia.conti@example.org')
const marek = person('Marek Nowak', 'marek.nowak@example.com')
const priya = person('Priya Raman', 'priya.raman@greenfleet.example')
const lars = person('Lars Jensen', 'lars@havnecykler.example')
const olivia = person('Olivia Stone', 'olivia.stone@spoke-magazine.example')

export const STORY: readonly StoryThread[] = [
  {
    inbox: 'Support',
    subject: 'Front light blinks after the firmware update',
    tags: ['Warranty'],
    messages: [
      {
        key: 'blink-1',
        from: emma,
        daysAgo: 0,
        minute: 8 * 60 + 12,
        text: 'Hello,\n\nI updated my Lumen 80 to firmware 2.4 last night. Since then it blinks three times and goes off after about a minute, even with a full battery.\n\nI have attached a photo of the pattern on the status LED. I ride to work at six, so I would love to have it back soon.\n\nThanks,\nEmma',
        files: [{ name: 'status-led.png', kind: 'picture' }],
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Rechnung 2031 – falsche Lieferadresse',
    assignee: 'Jonas Weber',
    comments: [
      {
        by: 'Jonas Weber',
        text: 'Asked accounting for a corrected invoice, they promised it for tomorrow. @Mira Novak please keep an eye on it if I am out.',
      },
    ],
    messages: [
      {
        key: 'rechnung-1',
        from: nina,
        daysAgo: 3,
        minute: 9 * 60 + 40,
        read: true,
        text: 'Guten Tag,\n\nauf der Rechnung 2031 steht noch unsere alte Adresse in der Gartenstraße. Wir sind seit Mai in der Hafenallee 12. Könnten Sie die Rechnung bitte korrigieren? Die Buchhaltung nimmt sie sonst nicht an.\n\nMit freundlichen Grüßen\nNina Hartmann\nRadhaus GmbH',
        files: [
          {
            name: 'Rechnung-2031.pdf',
            kind: 'pdf',
            text: 'Rechnung 2031  -  Radhaus GmbH  -  Lumen 80, 12 Stück',
          },
        ],
      },
      {
        key: 'rechnung-2',
        from: 'us',
        daysAgo: 3,
        minute: 11 * 60 + 5,
        text: 'Guten Tag Frau Hartmann,\n\ndanke für den Hinweis. Ich habe die neue Adresse hinterlegt, die korrigierte Rechnung kommt in den nächsten Tagen.\n\nViele Grüße\nJonas Weber',
      },
      {
        key: 'rechnung-3',
        from: nina,
        daysAgo: 0,
        minute: 7 * 60 + 55,
        text: 'Guten Morgen Herr Weber,\n\ndie korrigierte Rechnung ist leider noch nicht da. Wissen Sie schon mehr?\n\nGrüße\nNina Hartmann\n\nAm Dienstag schrieb Lumen Support:\n> danke für den Hinweis. Ich habe die neue Adresse hinterlegt, die\n> korrigierte Rechnung kommt in den nächsten Tagen.',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Faro posteriore: staffa rotta',
    tags: ['Warranty'],
    assignee: 'Lucia Ferri',
    messages: [
      {
        key: 'staffa-1',
        from: giulia,
        daysAgo: 5,
        minute: 18 * 60 + 20,
        read: true,
        text: 'Buonasera,\n\nla staffa del faro posteriore si è rotta dopo due settimane. Vi mando una foto. Posso avere un ricambio?\n\nGrazie mille\nGiulia Conti',
        files: [{ name: 'staffa.png', kind: 'picture' }],
      },
      {
        key: 'staffa-2',
        from: 'us',
        daysAgo: 4,
        minute: 9 * 60 + 15,
        text: 'Buongiorno Giulia,\n\nmi dispiace! Le spedisco oggi una staffa nuova, rinforzata. Non serve restituire quella rotta.\n\nUn saluto\nLucia',
      },
      {
        key: 'staffa-3',
        from: giulia,
        daysAgo: 1,
        minute: 17 * 60 + 2,
        text: 'Buonasera Lucia,\n\nla staffa è arrivata, montata in un minuto. Grazie davvero, servizio perfetto!\n\nGiulia',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Pedido 1187: ¿cuándo llega?',
    messages: [
      {
        key: 'pedido-1',
        from: carmen,
        daysAgo: 1,
        minute: 12 * 60 + 31,
        text: 'Hola:\n\nHice el pedido 1187 hace nueve días y el seguimiento no cambia desde el lunes. ¿Me pueden decir dónde está? Es un regalo para el sábado.\n\nUn saludo,\nCarmen Ortega',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Lampka nie ładuje się z powerbanku',
    messages: [
      {
        key: 'lampka-1',
        from: marek,
        daysAgo: 2,
        minute: 20 * 60 + 44,
        read: true,
        text: 'Dzień dobry,\n\nlampka Lumen 40 ładuje się z ładowarki, ale nie z powerbanku: dioda miga na czerwono i nic się nie dzieje. Czy to normalne?\n\nPozdrawiam\nMarek Nowak',
      },
      {
        key: 'lampka-2',
        from: 'us',
        daysAgo: 1,
        minute: 8 * 60 + 50,
        text: 'Dzień dobry,\n\nniektóre powerbanki wyłączają się przy małym prądzie. Proszę spróbować portu oznaczonego „low current” albo ładować razem z telefonem.\n\nPozdrawiamy\nLumen Support',
      },
      {
        key: 'lampka-3',
        from: marek,
        daysAgo: 0,
        minute: 6 * 60 + 38,
        text: 'Działa, dziękuję! Nie wiedziałem o tym porcie.\n\nMarek',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Fwd: Return of two rear lights',
    messages: [
      {
        key: 'forward-1',
        from: sam,
        daysAgo: 1,
        minute: 15 * 60 + 9,
        text: 'Hi team, this reached me by mistake, I think it is for you.\n\nSam\n\n---------- Forwarded message ----------\nFrom: Tom Baker <tom.baker@example.net>\nDate: yesterday\nSubject: Return of two rear lights\nTo: Sam Okafor <sam.okafor@citycouriers.example>\n\nHello, I bought four rear lights and only need two. The other two are unopened. What is the way to return them?\n\nTom',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Does the Lumen 80 fit 35 mm handlebars?',
    closed: true,
    assignee: 'Mira Novak',
    messages: [
      {
        key: 'fit-1',
        from: anna,
        daysAgo: 9,
        minute: 10 * 60 + 2,
        read: true,
        text: 'Hi!\n\nMy bike has 35 mm handlebars. Does the standard clamp fit?\n\nAnna',
      },
      {
        key: 'fit-2',
        from: 'us',
        daysAgo: 9,
        minute: 10 * 60 + 25,
        text: 'Hi Anna,\n\nyes, with the wide clamp (part C-35). It is in the box, below the cable.\n\nMira',
      },
      {
        key: 'fit-3',
        from: anna,
        daysAgo: 8,
        minute: 19 * 60 + 41,
        read: true,
        text: 'Found it, fits perfectly. Thank you!\n\nAnna',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Water in the lens',
    tags: ['Warranty'],
    closed: true,
    assignee: 'Jonas Weber',
    comments: [{ by: 'Jonas Weber', text: 'Third one from batch 0417. Told production.' }],
    messages: [
      {
        key: 'water-1',
        from: tom,
        daysAgo: 12,
        minute: 14 * 60 + 30,
        read: true,
        text: "After yesterday's rain there is water behind the lens of my front light. Serial number 0417-2290. It still works, for now.\n\nTom Baker",
      },
      {
        key: 'water-2',
        from: 'us',
        daysAgo: 11,
        minute: 9 * 60 + 10,
        text: 'Hello Tom,\n\nthat must not happen. A replacement is on its way to you; the label in the parcel takes the old one back, free of charge.\n\nJonas',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Your weekly parcel report',
    messages: [
      {
        key: 'news-1',
        from: person('Parcelgram', 'reports@parcelgram.example'),
        daysAgo: 2,
        minute: 5 * 60,
        headers: {
          'List-Id': '<reports.parcelgram.example>',
          'List-Unsubscribe': '<https://parcelgram.example/unsubscribe>',
          Precedence: 'bulk',
        },
        text: 'Your week in parcels\n\n42 sent, 40 delivered, 1 on its way, 1 held at a depot (order 1187).',
        html: '<div style="font-family:Arial,sans-serif;max-width:600px"><h2 style="color:#0b6e4f">Your week in parcels</h2><img src="https://parcelgram.example/pixel.png" width="1" height="1" alt=""><table width="100%" cellpadding="8" style="border-collapse:collapse"><tr style="background:#eef5f1"><td>Sent</td><td align="right"><b>42</b></td></tr><tr><td>Delivered</td><td align="right"><b>40</b></td></tr><tr style="background:#eef5f1"><td>On its way</td><td align="right"><b>1</b></td></tr><tr><td>Held at a depot</td><td align="right"><b>1</b> (order 1187)</td></tr></table><p><a href="https://parcelgram.example/report">See the report</a> &middot; <a href="https://parcelgram.example/unsubscribe">Unsubscribe</a></p></div>',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Battery does not last the night shift',
    assignee: 'Mira Novak',
    messages: [
      {
        key: 'couriers-1',
        from: sam,
        daysAgo: 6,
        minute: 7 * 60 + 15,
        read: true,
        cc: [priya],
        text: 'Morning,\n\nour night riders report that the Lumen 40 dies after five hours on high. The box says eight. We have thirty of them, so this matters to us.\n\nSam Okafor\nCity Couriers',
        files: [
          {
            name: 'riders-log.csv',
            kind: 'csv',
            text: 'rider,light,hours\nA. Diaz,Lumen 40,5.1\nB. Meyer,Lumen 40,4.9\nC. Rossi,Lumen 40,5.3\n',
          },
        ],
      },
      {
        key: 'couriers-2',
        from: 'us',
        daysAgo: 6,
        minute: 9 * 60 + 45,
        cc: [priya],
        text: 'Hello Sam,\n\nthank you for the log. Eight hours are for the middle step; on high it should still be six. May I ask at what temperature they ride?\n\nMira',
      },
      {
        key: 'couriers-3',
        from: sam,
        daysAgo: 5,
        minute: 6 * 60 + 50,
        read: true,
        cc: [priya],
        text: 'Around zero degrees this week. Some nights minus three.\n\nSam',
      },
      {
        key: 'couriers-4',
        from: priya,
        daysAgo: 1,
        minute: 16 * 60 + 20,
        cc: [sam],
        text: "Hi Mira,\n\nI look after the fleet at City Couriers' partner. We see the same on our side, with the lights from spring. Is there a firmware that warns earlier?\n\nPriya Raman\nGreenfleet",
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Danke!',
    closed: true,
    messages: [
      {
        key: 'danke-1',
        from: nina,
        daysAgo: 13,
        minute: 16 * 60 + 5,
        read: true,
        text: 'Die Ersatzteile sind da, das ging ja schnell. Danke!\n\nNina Hartmann',
      },
    ],
  },
  {
    inbox: 'Support',
    subject: 'Question about the warranty',
    messages: [
      {
        key: 'warranty-1',
        from: person('Ruth Adler', 'ruth.adler@example.com'),
        daysAgo: 4,
        minute: 21 * 60 + 13,
        read: true,
        text: 'Good evening,\n\nI bought two lights in March but lost the receipt. Is the order number enough for the warranty?\n\nRuth Adler',
      },
      {
        key: 'warranty-2',
        from: 'us',
        daysAgo: 3,
        minute: 8 * 60 + 30,
        text: 'Hello Ruth,\n\nyes, the order number is all we need. It begins with LB.\n\nLumen Support',
      },
      {
        key: 'warranty-3',
        from: person('Mail Delivery System', 'mailer-daemon@example.com'),
        daysAgo: 3,
        minute: 8 * 60 + 31,
        subject: 'Undelivered Mail Returned to Sender',
        bounceOf: 'warranty-2',
        text: 'This is the mail system at host mx.example.com.\n\nYour message could not be delivered to one recipient.\n\n<ruth.adler@example.com>: 552 5.2.2 Mailbox full',
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Quote for 120 lights, delivery in March',
    tags: ['Wholesale', 'VIP'],
    assignee: 'Mira Novak',
    comments: [
      { by: 'Lucia Ferri', text: 'They bought 60 last year. I would go to 12 % for this volume.' },
      { by: 'Mira Novak', text: 'Agreed. Sending today.' },
    ],
    messages: [
      {
        key: 'quote-1',
        from: paolo,
        daysAgo: 7,
        minute: 11 * 60 + 20,
        read: true,
        text: 'Good morning,\n\nfor the spring season we need 80 front lights Lumen 80 and 40 rear lights Lumen 20. What is your best price, delivered to Bologna in March?\n\nKind regards\nPaolo Rinaldi\nCicli Rinaldi',
      },
      {
        key: 'quote-2',
        from: 'us',
        daysAgo: 6,
        minute: 10 * 60 + 8,
        text: 'Good morning Paolo,\n\nthank you for coming back to us. You find our offer attached; it is valid for thirty days.\n\nMira Novak',
        files: [
          {
            name: 'Offer-2026-118.pdf',
            kind: 'pdf',
            text: 'Offer 2026-118  -  80 x Lumen 80, 40 x Lumen 20  -  12 % discount',
          },
        ],
      },
      {
        key: 'quote-3',
        from: paolo,
        daysAgo: 0,
        minute: 9 * 60 + 3,
        text: 'Good morning Mira,\n\nthe price is fine. Can you split the delivery: half in February, half in March?\n\nPaolo\n\nMira Novak wrote:\n> thank you for coming back to us. You find our offer attached; it is\n> valid for thirty days.',
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Dystrybucja w Polsce',
    tags: ['Wholesale'],
    messages: [
      {
        key: 'dystrybucja-1',
        from: piotr,
        daysAgo: 1,
        minute: 10 * 60 + 47,
        text: 'Dzień dobry,\n\nprowadzimy cztery sklepy rowerowe w Krakowie i Katowicach. Chcielibyśmy sprzedawać Państwa lampki. Czy mogą Państwo przysłać cennik dla sprzedawców?\n\nPozdrawiam\nPiotr Zieliński\nRowerowo',
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Samples for a test ride',
    assignee: 'Lucia Ferri',
    messages: [
      {
        key: 'samples-1',
        from: greta,
        daysAgo: 8,
        minute: 15 * 60 + 33,
        read: true,
        text: 'Hello,\n\nwe are choosing lights for 300 rental bikes in Lyon. Could we have two of each model for a test in October?\n\nGreta Moreau\nVélo Lyon',
      },
      {
        key: 'samples-2',
        from: 'us',
        daysAgo: 7,
        minute: 9 * 60 + 20,
        text: 'Hello Greta,\n\ngladly! The parcel leaves today. I will call you next week to hear how the ride was.\n\nLucia',
      },
      {
        key: 'samples-3',
        from: greta,
        daysAgo: 2,
        minute: 14 * 60 + 12,
        read: true,
        text: 'Hello Lucia,\n\nthe Lumen 80 is the favourite. The mechanics like the clamp. Two questions: is there a version without the logo, and what is the price for 300?\n\nGreta',
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Review in our spring issue',
    messages: [
      {
        key: 'review-1',
        from: olivia,
        daysAgo: 3,
        minute: 13 * 60 + 58,
        text: 'Dear Lumen team,\n\nwe test twelve commuter lights for our spring issue and would like to include the Lumen 80. Do you have press pictures without background?\n\nOlivia Stone\nSpoke Magazine',
        html: '<p>Dear Lumen team,</p><p>we test <b>twelve commuter lights</b> for our spring issue and would like to include the Lumen 80. Do you have press pictures without background?</p><p>Olivia Stone<br>Spoke Magazine</p><p><img src="cid:logo@spoke-magazine.example" alt="Spoke Magazine" width="120"></p>',
        files: [{ name: 'logo.png', kind: 'picture', inline: true }],
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Order 2290 confirmed?',
    closed: true,
    assignee: 'Lucia Ferri',
    messages: [
      {
        key: 'order-1',
        from: lars,
        daysAgo: 10,
        minute: 8 * 60 + 44,
        read: true,
        text: 'Hi,\n\njust checking that order 2290 reached you. We did not get a confirmation.\n\nLars Jensen\nHavnecykler',
      },
      {
        key: 'order-2',
        from: 'us',
        daysAgo: 10,
        minute: 9 * 60 + 30,
        text: 'Hi Lars,\n\nit did, and it leaves tomorrow. The confirmation went to your old address; I have changed that.\n\nLucia',
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Lumen in Japan',
    messages: [
      {
        key: 'japan-1',
        from: yuki,
        daysAgo: 0,
        minute: 4 * 60 + 26,
        text: "Hello,\n\nI found your lights at a friend's shop in Berlin. We run a small shop in Kyoto (きのこサイクル) and would like to import twenty pieces as a start. Do your lights have the PSE mark?\n\nYuki Tanaka",
      },
    ],
  },
  {
    inbox: 'Sales',
    subject: 'Wholesale prices from January',
    tags: ['Wholesale'],
    closed: true,
    messages: [
      {
        key: 'prices-1',
        from: person('Alu & Sons', 'office@alu-and-sons.example'),
        daysAgo: 12,
        minute: 9 * 60,
        read: true,
        text: 'Dear customers,\n\nfrom 1 January the price of 6061 tube rises by 4 %. Orders placed before the end of the year keep the old price.\n\nAlu & Sons',
        files: [{ name: 'price-list.pdf', kind: 'pdf', text: 'Alu and Sons  -  price list from January' }],
      },
    ],
  },
]
