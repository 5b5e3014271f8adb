/**
 * Forwards as the common mail programs write them, in several languages; every one made up for these tests. Each holds
 * somebody who appears deeper (in what was forwarded with it), and who must never be taken for the author.
 */
export type Forward = {
  client: string
  language: string
  way: 'manual' | 'automatic'
  subject: string
  text: string
  /** More header lines, as automatic forwards have them. */
  headers?: readonly string[]
  /** Null where the one who forwarded it counts as its sender. */
  author: { name: string; address: string } | null
  confidence: 'complete' | 'partial' | 'doubtful' | 'none'
  /** Addresses that appear deeper. */
  deeper: readonly string[]
}

const anna = { name: 'Anna Berg', address: 'anna.berg@kunde.test' }
const older = (who: string): string =>
  `\nThanks\nAnna\n\n> On Mon, 29 Sep 2025, ${who} wrote:\n> Please send me the list.\n`

export const forwards: readonly Forward[] = [
  {
    client: 'Gmail',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Broken lamp',
    text: `Can you take this one?

---------- Forwarded message ---------
From: Anna Berg <anna.berg@kunde.test>
Date: Wed, Oct 1, 2025 at 10:12 AM
Subject: Broken lamp
To: <ben@acme.test>


Hello, the lamp is broken.
${older('Deep Dora <dora@deep.test>')}`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Gmail',
    language: 'de',
    way: 'manual',
    subject: 'Fwd: Lampe defekt',
    text: `---------- Forwarded message ---------
Von: Anna Berg <anna.berg@kunde.test>
Date: Mi., 1. Okt. 2025 um 10:12 Uhr
Subject: Re: Lampe defekt
To: Ben Bell <ben@acme.test>
Cc: <lager@acme.test>


Guten Tag, die Lampe ist defekt.

Am Mo., 29. Sept. 2025 um 09:00 Uhr schrieb Deep Dora <dora@deep.test>:

> Von: Noch Tiefer <tiefer@deep.test>
> Alles gut?
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test', 'tiefer@deep.test'],
  },
  {
    client: 'Gmail on a telephone',
    language: 'pl',
    way: 'manual',
    subject: 'Fwd: Zamówienie 4711',
    text: `Do obsługi.

---------- Forwarded message ---------
Od: Anna Berg <anna.berg@kunde.test>
Date: śr., 1 paź 2025, 10:12
Subject: Zamówienie 4711
To: Ben Bell <ben@acme.test>


Dzień dobry, gdzie jest paczka?

pon., 29 wrz 2025, 09:00 użytkownik Deep Dora <dora@deep.test> napisał:

> Wysłane.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'en',
    way: 'manual',
    subject: 'FW: Quotation for June',
    text: `For you.

Ben Bell
Acme Ltd, 1 High Street

From: Anna Berg <anna.berg@kunde.test>
Sent: Wednesday, October 1, 2025 10:12 AM
To: Ben Bell <ben@acme.test>
Cc: Purchasing <buy@kunde.test>
Subject: Quotation for June

Dear Ben, please quote.

From: Deep Dora <dora@deep.test>
Sent: Monday, September 29, 2025 9:00 AM
To: Anna Berg <anna.berg@kunde.test>
Subject: Quotation for June

Who makes these?
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test', 'buy@kunde.test'],
  },
  {
    client: 'Outlook for Windows, plain text',
    language: 'en',
    way: 'manual',
    subject: 'FW: Quotation for June',
    text: `-----Original Message-----
From: Anna Berg [mailto:anna.berg@kunde.test]
Sent: Wednesday, October 1, 2025 10:12 AM
To: Ben Bell
Subject: Quotation for June

Dear Ben, please quote.

-----Original Message-----
From: Deep Dora [mailto:dora@deep.test]
Sent: Monday, September 29, 2025 9:00 AM
To: Anna Berg
Subject: Quotation for June
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'de',
    way: 'manual',
    subject: 'WG: Angebot für Juni',
    text: `Bitte übernehmen.

Von: Berg, Anna <anna.berg@kunde.test> 
Gesendet: Mittwoch, 1. Oktober 2025 10:12
An: Ben Bell <ben@acme.test>
Betreff: Angebot für Juni

Hallo Ben, bitte ein Angebot.

Von: Deep Dora <dora@deep.test> 
Gesendet: Montag, 29. September 2025 09:00
An: Berg, Anna <anna.berg@kunde.test>
Betreff: Angebot für Juni
`,
    author: { name: 'Berg, Anna', address: 'anna.berg@kunde.test' },
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook on the web',
    language: 'en',
    way: 'manual',
    subject: 'Fw: Delivery dates',
    text: `See below.
________________________________
From: Anna Berg <anna.berg@kunde.test>
Sent: Wednesday, October 1, 2025 10:12 AM
To: Ben Bell <ben@acme.test>
Subject: Delivery dates

When will it come?
________________________________
From: Deep Dora <dora@deep.test>
Sent: Monday, September 29, 2025 9:00 AM
To: Anna Berg <anna.berg@kunde.test>
Subject: Delivery dates
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook on the web',
    language: 'fr',
    way: 'manual',
    subject: 'TR: Dates de livraison',
    text: `________________________________
De : Anna Berg <anna.berg@kunde.test>
Envoyé : mercredi 1 octobre 2025 10:12
À : Ben Bell <ben@acme.test>
Objet : Dates de livraison

Bonjour, quand arrive la commande ?

________________________________
De : Deep Dora <dora@deep.test>
Envoyé : lundi 29 septembre 2025 09:00
À : Anna Berg <anna.berg@kunde.test>
Objet : Dates de livraison
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook on the web',
    language: 'es',
    way: 'manual',
    subject: 'RV: Fecha de entrega',
    text: `Un saludo

________________________________
De: Anna Berg <anna.berg@kunde.test>
Enviado: miércoles, 1 de octubre de 2025 10:12
Para: Ben Bell <ben@acme.test>
Asunto: Fecha de entrega

¿Cuándo llega?

El lun, 29 sept 2025 a las 9:00, Deep Dora (<dora@deep.test>) escribió:
> Ya salió.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook on the web',
    language: 'it',
    way: 'manual',
    subject: 'I: Data di consegna',
    text: `Puoi rispondere tu?

________________________________
Da: Anna Berg <anna.berg@kunde.test>
Inviato: mercoledì 1 ottobre 2025 10:12
A: Ben Bell <ben@acme.test>
Oggetto: Data di consegna

Quando arriva?

Da: Deep Dora <dora@deep.test>
Inviato: lunedì 29 settembre 2025 09:00
A: Anna Berg <anna.berg@kunde.test>
Oggetto: Data di consegna
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook on the web',
    language: 'pt',
    way: 'manual',
    subject: 'ENC: Data de entrega',
    text: `________________________________
De: Anna Berg <anna.berg@kunde.test>
Enviado: quarta-feira, 1 de outubro de 2025 10:12
Para: Ben Bell <ben@acme.test>
Assunto: Data de entrega

Quando chega?

De: Deep Dora <dora@deep.test>
Enviado: segunda-feira, 29 de setembro de 2025 09:00
Para: Anna Berg <anna.berg@kunde.test>
Assunto: Data de entrega
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'pl',
    way: 'manual',
    subject: 'PD: Termin dostawy',
    text: `From: Anna Berg <anna.berg@kunde.test>
Sent: Wednesday, October 1, 2025 10:12 AM
To: Ben Bell <ben@acme.test>
Subject: Termin dostawy

Kiedy dotrze?

Od: Deep Dora <dora@deep.test>
Wysłano: poniedziałek, 29 września 2025 09:00
Do: Anna Berg <anna.berg@kunde.test>
Temat: Termin dostawy
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'sv',
    way: 'manual',
    subject: 'VB: Leveransdatum',
    text: `Hej!

Från: Anna Berg <anna.berg@kunde.test>
Skickat: den 1 oktober 2025 10:12
Till: Ben Bell <ben@acme.test>
Ämne: Leveransdatum

När kommer den?

Från: Deep Dora <dora@deep.test>
Skickat: den 29 september 2025 09:00
Till: Anna Berg <anna.berg@kunde.test>
Ämne: Leveransdatum
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'da',
    way: 'manual',
    subject: 'VS: Leveringsdato',
    text: `Fra: Anna Berg <anna.berg@kunde.test>
Sendt: 1. oktober 2025 10:12
Til: Ben Bell <ben@acme.test>
Emne: Leveringsdato

Hvornår kommer den?

Fra: Deep Dora <dora@deep.test>
Sendt: 29. september 2025 09:00
Til: Anna Berg <anna.berg@kunde.test>
Emne: Leveringsdato
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'fi',
    way: 'manual',
    subject: 'VS: Toimituspäivä',
    // In Finnish that is an answer.
    text: `Kiitos, sopii.

Lähettäjä: Anna Berg <anna.berg@kunde.test>
Lähetetty: keskiviikko 1. lokakuuta 2025 10.12
Vastaanottaja: Ben Bell <ben@acme.test>
Aihe: Toimituspäivä

Milloin se tulee?
`,
    author: null,
    confidence: 'none',
    deeper: ['anna.berg@kunde.test'],
  },
  {
    client: 'Apple Mail',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Warranty',
    text: `Over to you
Ben

> Begin forwarded message:
> 
> From: Anna Berg <anna.berg@kunde.test>
> Subject: Warranty
> Date: 1 October 2025 at 10:12:00 CEST
> To: Ben Bell <ben@acme.test>
> Reply-To: Somebody Else <else@deep.test>
> 
> Is this under warranty?
> 
>> On 29 Sep 2025, at 09:00, Deep Dora <dora@deep.test> wrote:
>> 
>> From: Even Deeper <deeper@deep.test>
>> It is two years old.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test', 'deeper@deep.test', 'else@deep.test'],
  },
  {
    client: 'Apple Mail',
    language: 'de',
    way: 'manual',
    subject: 'Fwd: Garantie',
    text: `Anfang der weitergeleiteten Nachricht:

Von: Anna Berg <anna.berg@kunde.test>
Betreff: Garantie
Datum: 1. Oktober 2025 um 10:12:00 MESZ
An: Ben Bell <ben@acme.test>

Ist da noch Garantie drauf?

Am 29.09.2025 um 09:00 schrieb Deep Dora <dora@deep.test>:

Zwei Jahre alt.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Mail on an iPhone',
    language: 'nl',
    way: 'manual',
    subject: 'Fwd: Garantie',
    text: `

Verstuurd vanaf mijn iPhone

Begin doorgestuurd bericht:

Van: Anna Berg <anna.berg@kunde.test>
Datum: 1 oktober 2025 om 10:12:00 CEST
Aan: Ben Bell <ben@acme.test>
Onderwerp: Garantie

Zit hier nog garantie op?

Op 29 sep 2025 om 09:00 heeft Deep Dora <dora@deep.test> het volgende geschreven:

Twee jaar oud.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Mail on an iPhone',
    language: 'fr',
    way: 'manual',
    subject: 'Tr : Garantie',
    text: `Envoyé de mon iPhone

Début du message transféré :

> De: Anna Berg <anna.berg@kunde.test>
> Date: 1 octobre 2025 à 10:12:00 UTC+2
> À: ben@acme.test
> Objet: Garantie
> 
> Est-ce encore sous garantie ?
> 
> Le 29 sept. 2025 à 09:00, Deep Dora <dora@deep.test> a écrit :
>> Deux ans.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Thunderbird',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Invoice 88',
    text: `


-------- Forwarded Message --------
Subject: 	Re: Invoice 88
Date: 	Wed, 1 Oct 2025 10:12:00 +0200
From: 	Anna Berg <anna.berg@kunde.test>
To: 	Ben Bell <ben@acme.test>



The invoice is wrong.

On 29/09/2025 09:00, Deep Dora wrote:
> From: dora@deep.test
> Here is the invoice.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Thunderbird',
    language: 'it',
    way: 'manual',
    subject: 'Fwd: Fattura 88',
    text: `-------- Messaggio Inoltrato --------
Oggetto: 	Fattura 88
Data: 	Wed, 1 Oct 2025 10:12:00 +0200
Mittente: 	Anna Berg <anna.berg@kunde.test>
A: 	Ben Bell <ben@acme.test>

La fattura è sbagliata.

Il 29/09/2025 09:00, Deep Dora ha scritto:
> Da: dora@deep.test
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Yahoo Mail',
    language: 'en',
    way: 'manual',
    subject: 'Fw: Return of goods',
    text: ` Please handle

   ----- Forwarded Message ----- From: Anna Berg <anna.berg@kunde.test>To: Ben Bell <ben@acme.test>Sent: Wednesday, October 1, 2025 at 10:12:00 AM GMT+2Subject: Return of goods
 I want to return it.

   On Monday, September 29, 2025, Deep Dora <dora@deep.test> wrote:  
 Try it first.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Yahoo Mail',
    language: 'es',
    way: 'manual',
    subject: 'Fw: Devolución',
    text: `----- Mensaje reenviado -----
De: Anna Berg <anna.berg@kunde.test>
Para: Ben Bell <ben@acme.test>
Enviado: miércoles, 1 de octubre de 2025, 10:12:00 CEST
Asunto: Devolución

Quiero devolverlo.

----- Mensaje reenviado -----
De: Deep Dora <dora@deep.test>
Para: Anna Berg <anna.berg@kunde.test>
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Samsung Email',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Opening hours',
    text: `Sent from my Galaxy

-------- Original message --------
From: Anna Berg <anna.berg@kunde.test>
Date: 01/10/2025 10:12 (GMT+01:00)
To: Ben Bell <ben@acme.test>
Subject: Opening hours

Are you open on Sunday?

-------- Original message --------
From: Deep Dora <dora@deep.test>
Date: 29/09/2025 09:00 (GMT+01:00)
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Proton Mail',
    language: 'en',
    way: 'manual',
    subject: 'Fw: Privacy question',
    text: `Sent with Proton Mail secure email.

------- Forwarded Message -------
From: Anna Berg <anna.berg@kunde.test>
Date: On Wednesday, October 1st, 2025 at 10:12 AM
Subject: Privacy question
To: Ben Bell <ben@acme.test>

> What do you store?
> 
> On Monday, September 29th, 2025 at 9:00 AM, Deep Dora <dora@deep.test> wrote:
> 
> > Ask them.
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'GMX',
    language: 'de',
    way: 'manual',
    subject: 'Fw: Rücksendung',
    text: `Zur Kenntnis

Gesendet: Mittwoch, 01. Oktober 2025 um 10:12 Uhr
Von: "Anna Berg" <anna.berg@kunde.test>
An: "Ben Bell" <ben@acme.test>
Betreff: Rücksendung

Ich möchte es zurückgeben.

Gesendet: Montag, 29. September 2025 um 09:00 Uhr
Von: "Deep Dora" <dora@deep.test>
An: anna.berg@kunde.test
Betreff: Rücksendung
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Zoho Mail',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Reseller terms',
    text: `============ Forwarded message ============
From: Anna Berg <anna.berg@kunde.test>
To: "Ben Bell"<ben@acme.test>
Date: Wed, 01 Oct 2025 10:12:00 +0200
Subject: Reseller terms
============ Forwarded message ============

What are your terms?

---- On Mon, 29 Sep 2025 09:00:00 +0200 Deep Dora <dora@deep.test> wrote ---

> From: deeper@deep.test
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test', 'deeper@deep.test'],
  },
  {
    client: 'Yandex',
    language: 'ru',
    way: 'manual',
    subject: 'Fwd: Доставка',
    text: `

-------- Пересылаемое сообщение --------
01.10.2025, 10:12, "Anna Berg" <anna.berg@kunde.test>:

Когда привезут?

29.09.2025, 09:00, "Deep Dora" <dora@deep.test>:

Скоро.
-------- Конец пересылаемого сообщения --------
`,
    author: anna,
    confidence: 'partial',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Mail.ru',
    language: 'ru',
    way: 'manual',
    subject: 'Пересл: Доставка',
    text: `-------- Пересылаемое сообщение --------
От кого: Anna Berg <anna.berg@kunde.test>
Кому: ben@acme.test
Дата: Среда, 1 октября 2025, 10:12 +03:00
Тема: Доставка

Когда привезут?

Понедельник, 29 сентября 2025, 9:00 от Deep Dora <dora@deep.test>:
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'QQ Mail',
    language: 'zh',
    way: 'manual',
    subject: '转发：发票',
    text: `请处理。

------------------ 原始邮件 ------------------
发件人: "Anna Berg" <anna.berg@kunde.test>;
发送时间: 2025年10月1日(星期三) 上午10:12
收件人: "Ben Bell"<ben@acme.test>;
主题: 发票

发票不对。

------------------ 原始邮件 ------------------
发件人: "Deep Dora" <dora@deep.test>;
发送时间: 2025年9月29日
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'ja',
    way: 'manual',
    subject: '転送: 請求書',
    text: `差出人: Anna Berg <anna.berg@kunde.test>
送信日時: 2025年10月1日 10:12
宛先: Ben Bell <ben@acme.test>
件名: 請求書

請求書が違います。

差出人: Deep Dora <dora@deep.test>
送信日時: 2025年9月29日 9:00
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook for Windows',
    language: 'tr',
    way: 'manual',
    subject: 'İLT: Fatura',
    text: `Kimden: Anna Berg <anna.berg@kunde.test>
Gönderildi: 1 Ekim 2025 Çarşamba 10:12
Kime: Ben Bell <ben@acme.test>
Konu: Fatura

Fatura yanlış.

Kimden: Deep Dora <dora@deep.test>
Gönderildi: 29 Eylül 2025 Pazartesi 09:00
Kime: Anna Berg
Konu: Fatura
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Exchange rule',
    language: 'en',
    way: 'automatic',
    subject: 'FW: Web form 12',
    headers: [
      'Auto-Submitted: auto-generated',
      'X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent',
    ],
    text: `
________________________________________
From: Anna Berg <anna.berg@kunde.test>
Sent: Wednesday, October 1, 2025 10:12:00 AM (UTC+01:00) Amsterdam, Berlin
To: info@acme.test
Subject: Web form 12
Auto forwarded by a Rule

I fill in the form.

From: Deep Dora <dora@deep.test>
Sent: Monday
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test', 'info@acme.test'],
  },
  {
    client: 'Thunderbird filter',
    language: 'de',
    way: 'automatic',
    subject: 'Fwd: Formular 12',
    headers: ['X-Forwarded-Message-Id: <form12@kunde.test>'],
    text: `-------- Weitergeleitete Nachricht --------
Betreff: 	Formular 12
Datum: 	Wed, 1 Oct 2025 10:12:00 +0200
Von: 	Anna Berg <anna.berg@kunde.test>
An: 	info@acme.test

Ich fülle das Formular aus.

Am 29.09.25 um 09:00 schrieb Deep Dora:
> Von: dora@deep.test
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Domino agent',
    language: 'en',
    way: 'automatic',
    subject: 'Fw: Web form 12',
    headers: ['Auto-Submitted: auto-forwarded'],
    text: `----- Forwarded by Ben Bell/Acme on 10/01/2025 10:15 AM -----

From:	Anna Berg <anna.berg@kunde.test>
To:	info@acme.test
Date:	10/01/2025 10:12 AM
Subject:	Web form 12

I fill in the form.

From: Deep Dora <dora@deep.test>
`,
    author: anna,
    confidence: 'complete',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'Outlook, inside a company',
    language: 'en',
    way: 'manual',
    subject: 'FW: Quotation for June',
    // The directory's name without an address.
    text: `From: Anna Berg
Sent: Wednesday, October 1, 2025 10:12 AM
To: Ben Bell
Subject: Quotation for June

Dear Ben, please quote.

From: Deep Dora <dora@deep.test>
Sent: Monday, September 29, 2025 9:00 AM
`,
    author: null,
    confidence: 'doubtful',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'a forward of an attachment',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Broken lamp',
    text: `The message is attached. We discussed it before:

On Mon, 29 Sep 2025 at 09:00, Deep Dora <dora@deep.test> and <ben@acme.test> wrote:
> From: Even Deeper <deeper@deep.test>
> Subject: Broken lamp
> To: dora@deep.test
`,
    author: null,
    confidence: 'none',
    deeper: ['dora@deep.test', 'deeper@deep.test'],
  },
  {
    client: 'a forward with another subject',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Lunch on Friday',
    text: `From: Anna Berg <anna.berg@kunde.test>
Sent: Wednesday, October 1, 2025 10:12 AM
To: Ben Bell <ben@acme.test>
Subject: Quotation for June

From: Deep Dora <dora@deep.test>
`,
    author: null,
    confidence: 'doubtful',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'a quotation without a rule',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Broken lamp',
    text: `Look:

> From: Anna Berg <anna.berg@kunde.test>
> Date: Wed, 1 Oct 2025
> Subject: Broken lamp
> To: ben@acme.test
>
>> From: Deep Dora <dora@deep.test>
`,
    author: null,
    confidence: 'doubtful',
    deeper: ['dora@deep.test'],
  },
  {
    client: 'a quotation of the message, without its header',
    language: 'en',
    way: 'manual',
    subject: 'Fwd: Broken lamp',
    text: `> Hello, the lamp is broken.
> Anna

From: Deep Dora <dora@deep.test>
Sent: Monday, September 29, 2025 9:00 AM
To: Anna Berg <anna.berg@kunde.test>
Subject: Broken lamp

Which lamp?
`,
    author: null,
    confidence: 'none',
    deeper: ['dora@deep.test'],
  },
]
