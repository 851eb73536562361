/** Azure's content-filter verdicts in the shape of Responses: one list for prompt and completion. */
import type { HubEvent, NoteKey } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'

const sources: Readonly<Record<NoteKey, string>> = { prompt_filter: 'prompt', content_filter: 'completion' }

/** `content_filters` of a response → notes. */
export function decodeContentFilters(value: unknown): HubEvent[] {
  if (!Array.isArray(value)) return []
  const entries = value.filter(isFields)
  return (['prompt_filter', 'content_filter'] as const).flatMap((key): HubEvent[] => {
    const own = entries.filter((entry) => entry['source_type'] === sources[key])
    return own.length === 0 ? [] : [{ type: 'note', key, value: own }]
  })
}

/** The verdicts of a note as entries of `content_filters`, whichever API it came from. */
export function contentFilterEntries(key: NoteKey, value: unknown): Fields[] {
  const list = Array.isArray(value)
    ? value.filter(isFields)
    : isFields(value)
      ? [{ content_filter_results: value }]
      : []
  return list.map((entry) => {
    if (typeof entry['source_type'] === 'string') return entry
    const results = isFields(entry['content_filter_results']) ? entry['content_filter_results'] : {}
    const blocked = Object.values(results).some((verdict) => isFields(verdict) && verdict['filtered'] === true)
    return { blocked, source_type: sources[key], content_filter_results: results }
  })
}
