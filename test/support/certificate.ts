import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = { cert: string; key: string }

const made = new Map<string, Certificate>()

/**
 * A throw-away self-signed certificate (PEM), made with openssl once a process and kind.
 * `names` go into subjectAltName (`DNS:…`, `IP:…`); `expired` puts its validity into the year 2020.
 */
export function makeCertificate(options: { names?: readonly string[]; expired?: boolean } = {}): Certificate {
  const names = options.names ?? ['DNS:localhost', 'IP:127.0.0.1']
  const id = `${names.join(',')}|${options.expired === true}`
  const known = made.get(id)
  if (known) return known
  const dir = mkdtempSync(join(tmpdir(), 'anteroom-cert-'))
  try {
    const at = (name: string) => join(dir, name)
    const run = (args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
    const subject = '/CN=Anteroom test server'
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      at('key.pem'),
    ]
    if (options.expired) {
      // `req -x509` has no way to set dates in the past before OpenSSL 3.4, `ca` has.
      mkdirSync(at('new'))
      writeFileSync(at('index.txt'), '')
      writeFileSync(at('serial'), '01')
      writeFileSync(
        at('ca.cnf'),
        `[ca]\ndefault_ca=d\n[d]\ndatabase=${at('index.txt')}\nserial=${at('serial')}\nnew_certs_dir=${at('new')}\n` +
          `default_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${names.join(',')}\n`,
      )
      run(['req', '-new', ...key, '-out', at('req.pem'), '-subj', subject])
      run([
        ...['ca', '-batch', '-notext', '-config', at('ca.cnf'), '-selfsign', '-keyfile', at('key.pem')],
        ...['-in', at('req.pem'), '-out', at('cert.pem')],
        ...['-startdate', '20200101000000Z', '-enddate', '20200201000000Z'],
      ])
    } else {
      run([
        ...['req', '-x509', ...key, '-out', at('cert.pem'), '-days', '30', '-subj', subject],
        ...['-addext', `subjectAltName=${names.join(',')}`],
      ])
    }
    const certificate = {
      cert: readFileSync(at('cert.pem'), 'utf8'),
      key: readFileSync(at('key.pem'), 'utf8'),
    }
    made.set(id, certificate)
    return certificate
  } catch (cause) {
    throw new Error('Could not make a test certificate. Install openssl (Debian: apt-get install openssl).', {
      cause,
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
