/**
 * How mail programs mark a quotation, in the languages that mail is written in. All expressions look at one
 * line or one short piece of text, and are bounded.
 */

/** "On Monday, Ada wrote:" and its like, at the end of an attribution line. */
const WROTE = [
  'wrote',
  'writes',
  'schrieb(?: .{1,150})?',
  'ha scritto',
  'escribió',
  'a écrit',
  'escreveu',
  'schreef(?: .{1,150})?',
  'napisał(?:\\(a\\)|a)?',
  'pisze',
  'skrev(?: .{1,150})?',
  'skrev følgende',
  'kirjoitti',
  'napsal(?:\\(a\\)|a)?',
  'napísal(?:\\(a\\)|a)?',
  'írta',
  'a scris',
  'написал(?:\\(а\\)|а)?',
  'пишет',
  'пише',
  'написав(?:\\(ла\\))?',
  'yazdı',
  'έγραψε',
  'va escriure',
].join('|')
/** Written without spaces between words. */
const WROTE_JOINED = '写道|寫道|のメール|書きました|작성'

const ATTRIBUTION = new RegExp(`(?:(?:^|[\\s>,])(?:${WROTE})|${WROTE_JOINED})\\s?[:：]$`, 'iu')

const FROM =
  'From|Von|Da|De|Od|Van|Från|Fra|Lähettäjä|От|Від|Kimden|Feladó|De la|Από|发件人|寄件者|差出人|보낸 ?사람'
const SENT =
  'Sent|Date|Gesendet|Datum|Inviato|Data|Enviado(?: el)?|Fecha|Envoyé|Wysłano|Verzonden|Skickat|Sendt|Dato|Lähetetty|Päivämäärä|Отправлено|Дата|Надіслано|Gönderildi|Tarih|Elküldve|Küldve|Odesláno|Trimis|Ημερομηνία|发送时间|日期|送信日時|날짜|보낸 ?날짜'
const SUBJECT =
  'Subject|Betreff|Oggetto|Asunto|Objet|Assunto|Temat|Onderwerp|Ämne|Emne|Aihe|Тема|Konu|Tárgy|Předmět|Predmet|Subiect|Θέμα|主题|主旨|件名|제목'

const LABEL = (words: string) => new RegExp(`(?:^|\\n)[\\s>*]*(?:${words})\\s?[:：]`, 'iu')
const STARTS_FROM = new RegExp(`^[\\s>*]*(?:${FROM})\\s?[:：]`, 'iu')
const HAS_SENT = LABEL(SENT)
const HAS_SUBJECT = LABEL(SUBJECT)

const ORIGINAL =
  /^[\s>]*[-_=]{2,}\s*(?:original (?:message|appointment)|ursprüngliche (?:nachricht|e-mail)|originalnachricht|messaggio originale|mensaje original|message d['’]origine|mensagem original|oryginalna wiadomość|wiadomość oryginalna|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|исходное сообщение|původní zpráva|eredeti üzenet|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|원본 메시지)\s*[-_=]{2,}\s*$/iu

const FORWARDED =
  /(?:forwarded (?:message|by)|weitergeleitete (?:nachricht|e-mail)|messaggio inoltrato|mensaje reenviado|message transféré|mensagem (?:encaminhada|reencaminhada)|wiadomość przekazana|przekazana wiadomość|przesłana wiadomość|doorgestuurd bericht|vidarebefordrat meddelande|videresendt (?:meddelelse|melding|besked)|välitetty viesti|пересылаемое сообщение|přeposlaná zpráva|továbbított üzenet|iletilen mesaj|转发的邮件|轉寄郵件|転送メッセージ|전달된 메시지)/iu

/** A line such as "On Tue, 5 May 2026 at 10:12, Ada Agent <ada@acme.test> wrote:". At most 400 characters are looked at. */
export const isAttribution = (line: string): boolean => {
  const text = line.replace(/\s+/g, ' ').trim()
  return text.length <= 400 && text.length > 6 && /[\d@]/.test(text) && ATTRIBUTION.test(text)
}

/** A block that begins "From: … Sent: … Subject: …", as Outlook puts over what it quotes. */
export const isHeaderBlock = (text: string): boolean => {
  const start = text.slice(0, 2_500)
  return STARTS_FROM.test(start) && HAS_SENT.test(start) && HAS_SUBJECT.test(start)
}

/** "-----Original Message-----" */
export const isOriginalMarker = (line: string): boolean => line.length <= 200 && ORIGINAL.test(line)

/** "---------- Forwarded message ---------": what follows is the message, not its quotation. */
export const isForwardMarker = (text: string): boolean => FORWARDED.test(text.slice(0, 400))
