/** What can go wrong between here and an upstream, as errors that say what to do. */
import { LazuliError } from '../core/error.ts'

/** A limit that ran out. */
export function timeoutError(
  kind: 'connect' | 'first_byte' | 'idle' | 'total',
  seconds: number,
  host: string,
): LazuliError {
  const what = {
    connect: `No connection to ${host} within ${seconds} s.`,
    first_byte: `${host} did not begin to answer within ${seconds} s.`,
    idle: `${host} fell silent for ${seconds} s in the middle of its answer.`,
    total: `The request took longer than ${seconds} s in all.`,
  }[kind]
  return new LazuliError({
    code: kind === 'connect' ? 'proxy_connect_timeout' : `proxy_${kind}_timeout`,
    status: 504,
    message: what,
    fix:
      kind === 'connect'
        ? 'Check the address, the network and a firewall, or raise timeouts.connect.'
        : `If the model needs longer, raise timeouts.${kind}.`,
    retryable: true,
  })
}

/**
 * The connection could not be made, or broke. Addresses are told, never keys.
 * @param proxy host and port of the HTTP proxy on the way
 */
export function connectionError(cause: unknown, url: URL, answered = false, proxy?: string): LazuliError {
  if (cause instanceof LazuliError) return cause
  if (answered) return incompleteError(cause)
  const code = codeOf(cause)
  const refused = proxy === undefined ? undefined : proxyError(cause, code, url.host, proxy)
  if (refused !== undefined) return refused
  const row = ADVICE.find(({ codes }) => codes.test(code))
  if (row !== undefined) {
    return new LazuliError({
      code: row.code,
      status: 502,
      message: row.message(url.host, code),
      fix: row.fix,
      retryable: row.retryable,
      cause,
    })
  }
  return new LazuliError({
    code: 'proxy_upstream_closed',
    status: 502,
    message: `${url.host} closed the connection without an answer${code === '' ? '' : ` (${code})`}.`,
    fix: 'Send the request again.',
    retryable: true,
    cause,
  })
}

/** The proxy's own part in a failure; undefined where it did its work. */
function proxyError(cause: unknown, code: string, host: string, proxy: string): LazuliError | undefined {
  const status = /\((\d{3})\)/.exec(cause instanceof Error ? cause.message : '')?.[1]
  const toProxy =
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_(?:PRX|SOCKET|CONNECT))/.test(code)
  if (status === undefined && !toProxy) return undefined
  return new LazuliError({
    code: 'proxy_http_proxy_failed',
    status: 502,
    message:
      status === undefined
        ? `${host} cannot be reached: the HTTP proxy ${proxy} does not answer (${code}).`
        : `${host} cannot be reached: the HTTP proxy ${proxy} answered ${status}.`,
    fix:
      status === '407'
        ? 'Put a name and a password into the proxy’s address: http://name:password@host:port.'
        : 'Check HTTPS_PROXY, HTTP_PROXY and the instance’s proxy_url, or list the host in NO_PROXY.',
    retryable: status !== '407',
    cause,
  })
}

/** The upstream's answer stopped before its end. */
export function incompleteError(cause?: unknown): LazuliError {
  return new LazuliError({
    code: 'proxy_upstream_incomplete',
    status: 502,
    message: 'The upstream’s answer broke off before its end.',
    fix: 'Send the request again.',
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** @param who answered: a host, or the instance's name */
export function redirectError(status: number, who: string): LazuliError {
  return new LazuliError({
    code: 'proxy_upstream_redirect',
    status: 502,
    message: `${who} answered with a redirect (${status}), and redirects are not followed: they could lead the key elsewhere.`,
    fix: 'Correct the instance’s address.',
  })
}

interface Advice {
  codes: RegExp
  code: string
  message: (host: string, code: string) => string
  fix: string
  retryable: boolean
}

/** First match wins. Codes: Node's system errors, OpenSSL's verify results and undici's own. */
const ADVICE: readonly Advice[] = [
  {
    codes: /^(ENOTFOUND|EAI_AGAIN|EAI_NONAME|ENODATA)$/,
    code: 'proxy_upstream_unreachable',
    message: (host) => `The name ${host} could not be resolved.`,
    fix: 'Check the instance’s address and the network.',
    retryable: true,
  },
  {
    codes: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/,
    code: 'proxy_upstream_unreachable',
    message: (host, code) => `${host} cannot be reached (${code}).`,
    fix: 'Check the instance’s address, the network and a firewall.',
    retryable: true,
  },
  {
    codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    code: 'proxy_connect_timeout',
    message: (host) => `No connection to ${host} in time.`,
    fix: 'Check the address, the network and a firewall, or raise timeouts.connect.',
    retryable: true,
  },
  {
    codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|UND_ERR_PRX_TLS)$/,
    code: 'proxy_upstream_tls',
    message: (host, code) => `The certificate that ${host} showed is another host’s (${code}).`,
    fix: 'Use the name that the certificate is for: with a private endpoint the resource’s public name, not its privatelink name or its IP address.',
    retryable: false,
  },
  {
    codes: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    code: 'proxy_upstream_tls',
    message: (host, code) =>
      `The certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code}).`,
    fix: 'Renew it on the server, and check this machine’s clock.',
    retryable: false,
  },
  {
    codes: /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^CERT_UNTRUSTED$/,
    code: 'proxy_upstream_tls',
    message: (host, code) => `The certificate of ${host} was made by nobody who is trusted here (${code}).`,
    fix: 'Give the instance its authority’s certificate as ca_file: /path/to/ca.pem, or start Lazuli with NODE_EXTRA_CA_CERTS=/path/to/ca.pem. Verification is never switched off.',
    retryable: false,
  },
  {
    codes: /CERT|^ERR_TLS|^ERR_SSL|^EPROTO$/,
    code: 'proxy_upstream_tls',
    message: (host, code) => `The certificate or the encryption of ${host} was not accepted (${code}).`,
    fix: 'Check the address, and that it speaks https.',
    retryable: false,
  },
  {
    codes: /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_EXCEEDED)/,
    code: 'proxy_upstream_invalid',
    message: (host, code) => `${host} sent what is not valid HTTP (${code}).`,
    fix: 'Check that the address leads to the model’s API.',
    retryable: false,
  },
  {
    codes: /^UND_ERR_INVALID_ARG$/,
    code: 'proxy_bad_request_header',
    message: () => 'A header of this request cannot be sent on: it has characters that HTTP does not allow.',
    fix: 'Check the instance’s key for line breaks and blanks, and the request’s own headers.',
    retryable: false,
  },
]

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return ''
  const { code, errors } = cause as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  // Happy Eyeballs: one error per address.
  return Array.isArray(errors) ? codeOf(errors[0]) : ''
}
