import type { SMTPServer } from 'smtp-server'

/** The parts of smtp-server's connection that are used from outside; checked against 3.21.6. */
type Inside = {
  id: string
  _validateMailParams(parsed: { args: Record<string, string | true> | false }): unknown
}

/**
 * Lets a client that announces too large a message (RFC 1870 section 6.1) get as far as RCPT, where it is refused: by
 * then it is known whose mail it would have been, and it can be listed (E4). `told` gets the announced size of each
 * message that is over `limit`, and null for the others.
 */
export function announceSize(
  server: SMTPServer,
  id: string,
  limit: number,
  told: (size: number | null) => void,
): void {
  const connection = [...server.connections].find((one) => one.id === id) as unknown as Inside | undefined
  if (!connection) return
  const validate = connection._validateMailParams.bind(connection)
  connection._validateMailParams = (parsed) => {
    const size = parsed.args ? parsed.args['SIZE'] : undefined
    const isLarge = typeof size === 'string' && /^\d{1,20}$/.test(size) && Number(size) > limit
    told(isLarge ? Number(size) : null)
    if (!isLarge || !parsed.args) return validate(parsed)
    const { SIZE: _size, ...args } = parsed.args
    return validate({ ...parsed, args })
  }
}
