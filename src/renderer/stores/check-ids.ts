/** The checks before sending that can be switched off, in the order of the settings (C9). */
export const CHECK_IDS = [
  'unfilled_token',
  'forgotten_attachment',
  'empty_subject',
  'empty_body',
  'dropped_recipient',
  'new_recipient',
  'many_recipients',
  'domain_typo',
  'bounced_address',
  'wrong_from',
  'thread_changed',
  'never_log',
  'too_large',
] as const
export type CheckId = (typeof CHECK_IDS)[number]
