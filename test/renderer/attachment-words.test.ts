import { describe, expect, it } from 'vitest'
import { announcedAttachment } from '@/features/composer/attachment-words.ts'

describe('announcedAttachment', () => {
  it.each([
    ['Please see the attached file.', 'attached'],
    ['I am attaching the invoice', 'attaching'],
    ['Find enclosed our offer', 'Find enclosed'],
    ['Le invio in allegato la fattura', 'allegato'],
    ['Allego il contratto.', 'Allego'],
    ['Te adjunto el presupuesto', 'adjunto'],
    ['Adjuntamos la factura', 'Adjuntamos'],
    ['W załączniku przesyłam umowę', 'załączniku'],
    ['Zalaczam fakture', 'Zalaczam'],
    ['im Anhang finden Sie die Rechnung', 'Anhang'],
    ['Anbei das Angebot', 'Anbei'],
    ['In der Anlage finden Sie', 'In der Anlage'],
    ['siehe angehängte Datei', 'angehängte'],
    ['Vous trouverez la facture en pièce jointe', 'pièce jointe'],
    ['Ci-joint le devis.', 'Ci-joint'],
    ['Segue em anexo o contrato', 'em anexo'],
    ['Договор во вложении', 'во вложении'],
    ['Прикрепляю файл', 'Прикрепляю'],
    ['прикреплённый документ', 'прикреплённый'],
    ['请查收附件。', '附件'],
    ['資料を添付いたします', '添付'],
    ['تجدون الفاتورة في المرفق', 'المرفق'],
    ['कृपया संलग्न फ़ाइल देखें', 'संलग्न'],
    ['Zie de bijlage', 'bijlage'],
    ['Berikut terlampir berkasnya', 'terlampir'],
  ])('finds it in %j', (text, words) => expect(announcedAttachment(text)).toBe(words))

  it.each([
    'Thank you for your order.',
    'A garden enclosed by walls',
    'Die Anlage steht seit 1990 in Bremen.',
    'Mi piace la galleria',
    'He is a heart attack survivor',
    'reattachments of limbs',
    'Nous avons joint nos forces',
    'Мы вложили много сил',
    '我们附近见',
    '',
  ])('leaves %j alone', (text) => expect(announcedAttachment(text)).toBeNull())
})
