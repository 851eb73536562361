import type { Citation } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'

/** `annotations` of a message or a delta → citations; URL citations are understood, others kept as they are. */
export function decodeAnnotations(value: unknown): Citation[] {
  if (!Array.isArray(value)) return []
  return value.filter(isFields).map(decodeAnnotation)
}

function decodeAnnotation(raw: Fields): Citation {
  const cited = raw['url_citation']
  if (raw['type'] !== 'url_citation' || !isFields(cited)) return { kind: 'other', dialect: 'chat', raw }
  const citation: Citation = { kind: 'url', dialect: 'chat', raw }
  if (typeof cited['url'] === 'string') citation.url = cited['url']
  if (typeof cited['title'] === 'string') citation.title = cited['title']
  if (typeof cited['start_index'] === 'number') citation.start = cited['start_index']
  if (typeof cited['end_index'] === 'number') citation.end = cited['end_index']
  return citation
}

/**
 * A citation as an annotation; undefined for one that has no equal in Chat.
 * @param span where the cited text stands in the joined text, for citations that do not say it
 */
export function encodeAnnotation(citation: Citation, span: readonly [start: number, end: number]): unknown {
  if (citation.dialect === 'chat') return citation.raw
  if (citation.kind !== 'url' || citation.url === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: {
      url: citation.url,
      title: citation.title ?? citation.url,
      start_index: citation.start ?? span[0],
      end_index: citation.end ?? span[1],
    },
  }
}
