import type { Citation } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'

/**
 * `annotations` of an output text → citations; URL citations are understood, others kept as they are.
 * @param base where the text begins in the text of the whole answer, in UTF-16 code units
 */
export function decodeAnnotations(value: unknown, base: number): Citation[] {
  if (!Array.isArray(value)) return []
  return value.filter(isFields).map((raw) => decodeAnnotation(raw, base))
}

export function decodeAnnotation(raw: Fields, base: number): Citation {
  const { url, title, start_index: start, end_index: end } = raw
  if (raw['type'] !== 'url_citation' || typeof url !== 'string') return { kind: 'other', dialect: 'responses', raw }
  return {
    kind: 'url',
    dialect: 'responses',
    raw,
    url,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof start === 'number' ? { start: base + start } : {}),
    ...(typeof end === 'number' ? { end: base + end } : {}),
  }
}

/**
 * A citation as an annotation; undefined for one that has no equal in Responses.
 * @param base where the text begins in the text of the whole answer
 * @param length of the text so far: what a citation without a place refers to
 */
export function encodeAnnotation(citation: Citation, base: number, length: number): Fields | undefined {
  if (citation.dialect === 'responses') return isFields(citation.raw) ? citation.raw : undefined
  if (citation.kind !== 'url' || citation.url === undefined) return undefined
  const start = Math.max(0, (citation.start ?? base) - base)
  return {
    type: 'url_citation',
    url: citation.url,
    title: citation.title ?? citation.url,
    start_index: start,
    end_index: Math.max(start, (citation.end ?? base + length) - base),
  }
}
