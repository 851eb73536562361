import type { Citation } from '../../hub.ts'
import { type Fields, isFields } from './fields.ts'

/**
 * A citation as Anthropic writes it. Those that name a web page can be told in other dialects; places in a document
 * (characters, pages, blocks) cannot.
 * @param start offset of the cited text block in the whole answer's text, in UTF-16 code units
 */
export function citationFrom(raw: Fields, start: number, end: number): Citation {
  const url = raw['url'] ?? raw['source']
  const title = raw['title']
  const text = raw['cited_text']
  const isUrl = typeof url === 'string' && /^https?:/i.test(url)
  return {
    kind: isUrl ? 'url' : 'other',
    ...(isUrl ? { url } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof text === 'string' ? { text } : {}),
    start,
    end,
    dialect: 'messages',
    raw,
  }
}

/** The citation in Anthropic's form; undefined where it has none. */
export function citationTo(citation: Citation): Fields | undefined {
  if (citation.dialect === 'messages' && isFields(citation.raw)) return citation.raw
  if (citation.kind !== 'url' || citation.url === undefined) return undefined
  // The index that makes a citation replayable exists only on Anthropic's side; the SDKs want the field.
  return {
    type: 'web_search_result_location',
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.text ?? '',
    encrypted_index: '',
  }
}

/** May Anthropic see this citation again in a later request? */
export function isReplayable(citation: Citation): boolean {
  if (citation.dialect !== 'messages' || !isFields(citation.raw)) return false
  return citation.raw['type'] !== 'web_search_result_location' || !!citation.raw['encrypted_index']
}
