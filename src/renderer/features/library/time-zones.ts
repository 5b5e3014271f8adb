/** The time zone of this machine. */
export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** Every time zone for a choice, with one that this browser may not know. */
export function zoneOptions(chosen: string): { value: string; label: string }[] {
  const names = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), chosen])
  return [...names].map((value) => ({ value, label: value.replaceAll('_', ' ') }))
}
