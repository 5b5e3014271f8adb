import { describe, expect, test } from 'vitest'
import { forwardingConfirmation } from '../../src/main/engine/ingest/forwarding-confirmation.ts'

const OURS = ['sales@acme.test', 'support+sales@acme.test']

const mail = (from: string, subject: string, text: string, automatic: 'other' | null = null) => ({
  from: { name: '', address: from },
  subject,
  text,
  html: null,
  automatic,
})

describe('requests to confirm a forwarding (H10)', () => {
  test.each([
    [
      'Gmail, English',
      mail(
        'forwarding-noreply@google.com',
        '(#987654321) Gmail Forwarding Confirmation - Receive Mail from sales@acme.test',
        'sales@acme.test has requested to automatically forward mail to your email address.\nConfirmation code: 987654321\nhttps://mail-settings.google.com/mail/vf-abc\nTo cancel: https://mail-settings.google.com/mail/uf-abc',
      ),
      { provider: 'Gmail', code: '987654321', link: 'https://mail-settings.google.com/mail/vf-abc' },
    ],
    [
      'Gmail, Italian',
      mail(
        'forwarding-noreply@google.com',
        'Conferma dell’inoltro di Gmail: ricevi posta da sales@acme.test',
        'sales@acme.test ha richiesto di inoltrare automaticamente la posta.\nCodice di conferma: 112233445\nhttps://mail.google.com/mail/vf-it',
      ),
      { provider: 'Gmail', code: '112233445', link: 'https://mail.google.com/mail/vf-it' },
    ],
    [
      'Gmail, Spanish',
      mail(
        'forwarding-noreply@google.com',
        'Confirmación de reenvío de Gmail: recibir correo de sales@acme.test',
        'sales@acme.test quiere reenviar correo.\nCódigo de confirmación: 554433221\nhttps://mail-settings.google.com/mail/vf-es',
      ),
      { provider: 'Gmail', code: '554433221', link: 'https://mail-settings.google.com/mail/vf-es' },
    ],
    [
      'Gmail, Polish',
      mail(
        'forwarding-noreply@google.com',
        'Potwierdzenie przekazywania w Gmailu – odbieraj pocztę od sales@acme.test',
        'Prośba o przekazywanie poczty.\nKod potwierdzenia: 667788990\nhttps://mail-settings.google.com/mail/vf-pl',
      ),
      { provider: 'Gmail', code: '667788990', link: 'https://mail-settings.google.com/mail/vf-pl' },
    ],
    [
      'Microsoft, a code',
      mail(
        'account-security-noreply@accountprotection.microsoft.com',
        'Verify your email address',
        'To finish setting up forwarding to support+sales@acme.test, verify this email address.\nSecurity code: 4821',
      ),
      { provider: 'Microsoft', code: '4821', link: null },
    ],
    [
      'Zoho, a code',
      mail(
        'noreply@zoho.com',
        'Email forwarding verification',
        'Use the verification code A1B2C3D4 to confirm forwarding of sales@acme.test.\nVerification code: A1B2C3D4',
      ),
      { provider: 'Zoho', code: 'A1B2C3D4', link: null },
    ],
    [
      'iCloud, a link',
      mail(
        'noreply@email.apple.com',
        'Confirm your forwarding address',
        'Forwarding to support+sales@acme.test needs to be verified:\nhttps://www.icloud.com/verify?x=1',
      ),
      { provider: 'iCloud', code: null, link: 'https://www.icloud.com/verify?x=1' },
    ],
    [
      'any provider, Italian',
      mail(
        'no-reply@posta.example',
        'Conferma inoltro',
        'Per attivare l’inoltro verso support+sales@acme.test fai clic:\nhttps://posta.example/confirm?t=9\nAnnulla: https://posta.example/cancel?t=9',
      ),
      { provider: 'posta.example', code: null, link: 'https://posta.example/confirm?t=9' },
    ],
    [
      'any provider, Polish, marked as automatic',
      mail(
        'serwis@poczta.example',
        'Weryfikacja przekazywania poczty',
        'Kod weryfikacyjny: 5566\nPrzekazywanie na support+sales@acme.test.',
        'other',
      ),
      { provider: 'poczta.example', code: '5566', link: null },
    ],
  ])('%s', (_, message, found) => {
    expect(forwardingConfirmation(message, OURS)).toEqual(found)
  })

  test.each([
    [
      'a customer who asks for something to be forwarded and confirmed',
      mail(
        'carla@customer.test',
        'Please confirm',
        'Could you forward my order to sales@acme.test and confirm? https://shop.test/confirm/1 code: 4455',
      ),
    ],
    [
      'a newsletter of Google',
      mail('news-noreply@google.com', 'Your storage', 'Code: 123456 https://google.com/x'),
    ],
    [
      'a shop’s confirmation',
      mail('no-reply@shop.test', 'Confirm your order', 'Confirmation code: 998877 https://shop.test/confirm'),
    ],
    [
      'words without anything to do',
      mail('forwarding-noreply@google.com', 'Gmail forwarding confirmed', 'Forwarding was confirmed.'),
    ],
  ])('not: %s', (_, message) => {
    expect(forwardingConfirmation(message, OURS)).toBeNull()
  })

  test('a link of a known provider leads to that provider', () => {
    const found = forwardingConfirmation(
      mail(
        'forwarding-noreply@google.com',
        'Gmail Forwarding Confirmation',
        'Forward sales@acme.test? https://google.com.evil.test/mail/vf-x',
      ),
      OURS,
    )
    expect(found).toBeNull()
  })
})
