/** Media as OpenAI's two APIs carry them: data inside of URLs, and documents that only fit as text. */
import type { MediaSource } from '../hub.ts'

/** A data URL is split at its first comma; the type comes from the URL alone. Other addresses are kept as they are. */
export function sourceOfUrl(url: string): MediaSource {
  const comma = url.indexOf(',')
  const head = url.slice(0, Math.max(comma, 0))
  if (!/^data:[^,]*;base64$/i.test(head)) return { type: 'url', url }
  return { type: 'data', data: url.slice(comma + 1), mime: head.slice(5).split(';')[0] ?? '' }
}

/** A text document as marked text. */
export function documentText(base64: string, name: string | undefined): string {
  const title = name === undefined ? '' : ` title=${JSON.stringify(name)}`
  return `<document${title}>\n${textOf(base64)}\n</document>`
}

/** UTF-8 text of base64 data; data that is none is taken as the text itself. */
function textOf(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    return base64
  }
}
