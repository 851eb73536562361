/** Certificates of a test's own, made by the openssl of the system. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  cert: string
  key: string
  /** The authority's certificate as a file; that of a self-signed one is its own. */
  caFile: string
}

export interface CertificateAuthority {
  caFile: string
  /** A certificate for a host or an address; negative days: it has expired. */
  issue(name: string, days?: number): Certificate
}

export function selfSigned(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-cert-'))
  openssl(folder, [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=${alternative(name)}`,
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
  ])
  return { cert: read(folder, 'cert.pem'), key: read(folder, 'key.pem'), caFile: join(folder, 'cert.pem') }
}

export function openAuthority(): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-ca-'))
  openssl(folder, [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '3650',
    '-subj',
    '/CN=Test Authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  ])
  let count = 0
  return {
    caFile: join(folder, 'ca.pem'),
    issue(name, days = 2) {
      const id = `leaf${count++}`
      openssl(folder, [
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${id}.key`,
        '-out',
        `${id}.csr`,
      ])
      writeFileSync(join(folder, `${id}.ext`), `subjectAltName=${alternative(name)}\n`)
      openssl(folder, [
        'x509',
        '-req',
        '-in',
        `${id}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        String(days),
        '-extfile',
        `${id}.ext`,
        '-out',
        `${id}.pem`,
      ])
      return { cert: read(folder, `${id}.pem`), key: read(folder, `${id}.key`), caFile: join(folder, 'ca.pem') }
    },
  }
}

function openssl(cwd: string, parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { cwd, stdio: 'pipe' })
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

function alternative(name: string): string {
  return /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`
}
