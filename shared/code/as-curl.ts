import { KEY_VARIABLE, PATHS, type CodeCall } from './call.ts'

/** One argument must not be longer: Linux ends at 128 kB for each. */
const LONGEST_ARGUMENT = 64 * 1024

/** A command for a POSIX shell. A long body goes in by a here-document, which has no limit. */
export function asCurl({ baseUrl, dialect, body, auth }: CodeCall): string {
  const json = JSON.stringify(body, null, 2)
  const stream = body['stream'] === true ? ' -N' : ''
  const lines = [
    `curl${stream} ${quoted(`${baseUrl}${PATHS[dialect]}`)}`,
    `-H 'content-type: application/json'`,
    ...(dialect === 'messages' ? [`-H 'anthropic-version: 2023-06-01'`] : []),
    ...(auth === 'token' ? [`-H "authorization: Bearer $${KEY_VARIABLE}"`] : []),
  ]
  // JSON has no raw line break in a string, so no line of it can be the mark that ends the document.
  const last =
    json.length > LONGEST_ARGUMENT ? `--data-binary @- <<'JSON'\n${json}\nJSON` : `--data-raw ${quoted(json)}`
  return [...lines, last].join(' \\\n  ')
}

/** A word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
