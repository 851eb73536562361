/** Azure's content-filter verdicts in Chat's shape. */
import { isFields } from './fields.ts'

/** Does any category say that something was found? Verdicts without a finding come with every chunk and say nothing. */
export function hasFinding(results: unknown): boolean {
  return (
    isFields(results) &&
    Object.values(results).some(
      (verdict) => isFields(verdict) && (verdict['filtered'] === true || verdict['detected'] === true),
    )
  )
}

/**
 * `prompt_filter_results` from a note, whichever API it came from: Chat's own list stays as it is, of the list that
 * Responses writes the entries about the prompt are taken.
 */
export function promptFilterResults(value: unknown): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined
  const entries = value.filter(isFields).filter((entry) => (entry['source_type'] ?? 'prompt') === 'prompt')
  if (entries.length === 0) return undefined
  return entries.map((entry, index) =>
    'prompt_index' in entry
      ? entry
      : { prompt_index: index, content_filter_results: entry['content_filter_results'] ?? {} },
  )
}

/** `content_filter_results` of a choice from a note: one object of categories. */
export function choiceFilterResults(value: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(value)) return isFields(value) ? value : undefined
  const results = value.filter(isFields).map((entry) => entry['content_filter_results'])
  return results.some(isFields) ? Object.assign({}, ...results.filter(isFields)) : undefined
}
