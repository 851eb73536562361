import type { Citation, Logprob } from '../../hub.ts'
import { isFields, type Fields } from './fields.ts'

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

/** `logprobs.content` of a choice. */
export function decodeLogprobs(value: unknown): Logprob[] | undefined {
  if (!isFields(value) || !Array.isArray(value['content'])) return undefined
  const logprobs = value['content'].filter(isFields).map(decodeLogprob)
  return logprobs.length === 0 ? undefined : logprobs
}

function decodeLogprob(entry: Fields): Logprob {
  const top = Array.isArray(entry['top_logprobs']) ? entry['top_logprobs'].filter(isFields) : []
  return { ...tokenOf(entry), top: top.map(tokenOf) }
}

function tokenOf(entry: Fields): Omit<Logprob, 'top'> {
  return {
    token: typeof entry['token'] === 'string' ? entry['token'] : '',
    logprob: typeof entry['logprob'] === 'number' ? entry['logprob'] : 0,
    bytes: Array.isArray(entry['bytes']) ? (entry['bytes'] as number[]) : null,
  }
}

/** Log probabilities as Chat writes them. */
export function encodeLogprobs(logprobs: readonly Logprob[]): { content: unknown[]; refusal: null } {
  return { content: logprobs.map(({ top, ...token }) => ({ ...token, top_logprobs: top })), refusal: null }
}
