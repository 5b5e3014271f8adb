/** What mail programs call the lines above a forwarded message, by language. Lower case; matched without marks of emphasis. */

export type Label = 'from' | 'date' | 'to' | 'cc' | 'subject' | 'other'

const words: Record<Exclude<Label, 'other'>, string> = {
  from: `from|von|absender|de|de la part de|expéditeur|remitente|remetente|da|mittente|van|afzender|od|nadawca|odesílatel|odosielateľ|
    fra|avsender|afsender|från|avsändare|lähettäjä|от|от кого|отправитель|від|від кого|відправник|kimden|gönderen|feladó|de la|
    expeditor|expeditorul|šalje|pošiljatelj|pošiljalac|από|αποστολέας|saatja|nuo|no|dari|từ|người gửi|จาก|ผู้ส่ง|发件人|發件人|寄件者|
    寄件人|差出人|送信元|送信者|보낸 사람|보낸사람|보낸이|מאת|من|المرسل`,
  date: `date|sent|sent at|datum|gesendet|gesendet am|date d'envoi|date d’envoi|envoyé|envoyé le|fecha|fecha de envío|enviado|enviado el|
    enviada|enviada em|enviado em|enviado a|data|data invio|inviato|inviato il|verzonden|verzonden op|verstuurd|wysłano|data wysłania|
    wysłane|odesláno|odoslané|dátum|dato|sendt|sendt den|skickat|skickat den|skickades|päivämäärä|päiväys|pvm|lähetetty|дата|
    дата отправки|отправлено|надіслано|tarih|gönderilme tarihi|gönderildi|gönderim tarihi|elküldve|küldve|dată|trimis|trimis la|poslano|
    datum slanja|ημερομηνία|στάλθηκε|εστάλη|kuupäev|saadetud|tanggal|dikirim|ngày|đã gửi|วันที่|发送时间|发送日期|日期|寄件日期|傳送日期|时间|送信日時|
    日付|日時|날짜|보낸 날짜|보낸날짜|תאריך|נשלח|التاريخ|تاريخ الإرسال`,
  to: `to|an|empfänger|à|a|pour|para|destinataire|destinataires|destinatario|destinatari|destinatário|aan|do|adresat|komu|til|till|mottaker|
    modtager|mottagare|vastaanottaja|кому|получатель|одержувач|kime|alıcı|címzett|către|la|destinatarul|prima|za|προς|παραλήπτης|
    kepada|đến|tới|ถึง|收件人|收件者|宛先|送信先|受信者|받는 사람|받는사람|אל|إلى`,
  cc: `cc|kopie|kopie \\(cc\\)|copie|copie à|copia|copia a|per conoscenza|cópia|dw|do wiadomości|kopia|kopi|kopio|копия|копія|bilgi|másolat|
    másolatot kap|κοιν|κοινοποίηση|抄送|副本|참조|עותק|نسخة|bcc|cci|cco|ccn|ukryta kopia`,
  subject: `subject|betreff|betr|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|tytuł|předmět|predmet|emne|ämne|aihe|тема|konu|tárgy|
    subiect|subiectul|naslov|θέμα|teema|perihal|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|主题|主旨|主題|标题|件名|제목|נושא|الموضوع`,
}

const labels = new Map<string, Label>(
  (Object.entries(words) as [Label, string][]).flatMap(([label, list]) =>
    list.split('|').map((word): [string, Label] => [word.trim().replace(/\\/g, ''), label]),
  ),
)

/** `*From:*`, `**Von**:`, `From :`, `发件人：`: word, then colon, then value. */
const FIELD = /^[\s*_]{0,4}([\p{L}][\p{L}\p{M} '’.()/-]{0,30}?)[*_\s]{0,4}[:：][*_\s]{0,4}(.*)$/u

/** A line that names one of the fields of a message, with its value; null for any other line. */
export function fieldOf(line: string): { label: Label; word: string; value: string } | null {
  const match = FIELD.exec(line)
  if (!match) return null
  const word = match[1]!.trim().toLowerCase()
  return { label: labels.get(word) ?? 'other', word, value: match[2]!.trim() }
}

/** Parts of words that say "forwarded", as they stand in the rule or the line above a forwarded message. */
const FORWARDED =
  /forwarded|fwd|weitergeleitet|transféré|transmis|réexpédié|reenviad|inoltrat|doorgestuurd|encaminhad|reencaminhad|przekazan|przesłan|videresend|vidarebefordra|edelleenlähet|välitetty|пересыла|перенаправл|переадрес|переслан|přeposl|preposlan|továbbít|redirecț|redirect|ilet(?:il|i)|yönlendir|προωθ|proslijeđen|prosleđen|edastatud|diteruskan|chuyển tiếp|転送|转发|轉寄|轉發|전달|הועבר|תחילת|إعادة توجيه|معاد توجيه/iu

/** Parts of words that say "original message": what a forward and an answer begin with alike. */
const ORIGINAL =
  /original ?(?:message|nachricht|e-?mail|meddelan|melding|bericht)|ursprüngliche nachricht|message d['’]origine|message original|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oryginalna|oprindelig|opprinnelig|ursprungligt|alkuperäinen|исходное|původní|原始邮件|原始郵件|元のメッセージ|원본 메시지/iu

/**
 * What a line without a field announces: `forward`, a forwarded message begins below; `rule`, an older message does.
 */
export function announces(line: string): 'forward' | 'rule' | null {
  const text = line.trim()
  if (text.length < 3 || text.length > 120) return null
  if (/^[-_=*—–]{8,}$/.test(text)) return 'rule'
  const ruled = /^[-_=*—–·•]{2,}\s?(.{2,80}?)\s?[-_=*—–·•]{2,}:?$/u.exec(text)
  if (ruled) return FORWARDED.test(ruled[1]!) ? 'forward' : ORIGINAL.test(ruled[1]!) ? 'rule' : null
  // Apple Mail and MailMate end the words with a colon instead of drawing a rule.
  if (/[:：]$/.test(text) && text.length <= 80 && FORWARDED.test(text) && !/@|\d/.test(text)) return 'forward'
  return null
}
