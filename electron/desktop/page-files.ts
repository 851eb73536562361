import { readFile } from 'node:fs/promises'
import { extname, resolve, sep } from 'node:path'
import { PAGE_POLICY } from '../../shared/page-policy.ts'
import { belongsTo, BUNDLED_PAGE } from './page-address.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/**
 * The file below `root` that an address of the page names; undefined when it names none, or one outside of `root`.
 */
export function pageFile(root: string, url: string): string | undefined {
  if (!belongsTo(BUNDLED_PAGE, url)) return undefined
  let path: string
  try {
    path = decodeURIComponent(new URL(url).pathname)
  } catch {
    return undefined
  }
  if (path.includes('\0')) return undefined
  const top = resolve(root)
  const file = resolve(top, path === '/' ? 'index.html' : `.${path}`)
  return file.startsWith(top + sep) ? file : undefined
}

/** Answers a request of the page from the files below `root`. */
export async function answerPageRequest(root: string, request: Request): Promise<Response> {
  const headers: Record<string, string> = {
    'content-security-policy': PAGE_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers })
  const file = pageFile(root, request.url)
  if (file === undefined) return new Response(null, { status: 404, headers })
  try {
    const body = await readFile(file)
    headers['content-type'] = TYPES[extname(file)] ?? 'application/octet-stream'
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), { headers })
  } catch {
    return new Response(null, { status: 404, headers })
  }
}
