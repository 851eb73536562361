/**
 * What Azure's content filter said, found in the answer: `prompt_filter_results` and `content_filter_results` of Chat,
 * `content_filters` of Responses, `innererror.content_filter_result` of a refusal.
 */
import type { LaneEvent } from '../../../../shared/exchange.ts'
import { array, dataOf, object, parseObject, text, type Json } from '../read-json.ts'

export interface FilterVerdict {
  /** Of what was sent, or of what was answered. */
  of: 'prompt' | 'answer'
  category: string
  /** `safe`, `low`, `medium`, `high`; absent where a category is only detected or not. */
  severity?: string
  detected?: boolean
  /** It was taken out, or the request was refused. */
  filtered: boolean
}

const RANK = ['safe', 'low', 'medium', 'high']

/** The worst verdict of each category, what was filtered first. */
export function filterVerdicts(events: readonly LaneEvent[]): FilterVerdict[] {
  const worst = new Map<string, FilterVerdict>()
  for (const { raw } of events) {
    // Most events have none; they are not parsed for it.
    if (!raw.includes('content_filter')) continue
    const json = parseObject(dataOf(raw) ?? raw)
    if (json) for (const verdict of verdictsIn(json)) keepWorst(worst, verdict)
  }
  return [...worst.values()].toSorted((a, b) => rank(b) - rank(a))
}

function keepWorst(worst: Map<string, FilterVerdict>, verdict: FilterVerdict): void {
  const key = `${verdict.of} ${verdict.category}`
  const before = worst.get(key)
  if (!before || rank(verdict) > rank(before)) worst.set(key, verdict)
}

function rank({ filtered, severity, detected }: FilterVerdict): number {
  return (filtered ? 10 : 0) + Math.max(0, RANK.indexOf(severity ?? '')) + (detected === true ? 2 : 0)
}

function verdictsIn(json: Json): FilterVerdict[] {
  const error = object(json['error'])
  const response = object(json['response'])
  return [
    ...array(json['prompt_filter_results']).flatMap((one) =>
      categories(object(object(one)['content_filter_results']), 'prompt'),
    ),
    ...array(json['choices']).flatMap((one) => categories(object(object(one)['content_filter_results']), 'answer')),
    ...[...array(json['content_filters']), ...array(response['content_filters'])].flatMap((value) => {
      const one = object(value)
      const of = text(one['source_type']) === 'prompt' ? 'prompt' : 'answer'
      return categories(object(one['content_filter_results']), of)
    }),
    ...categories(object(object(error['innererror'])['content_filter_result']), 'prompt'),
  ]
}

function categories(results: Json, of: FilterVerdict['of']): FilterVerdict[] {
  return Object.entries(results).flatMap(([category, value]) => {
    const result = object(value)
    if (typeof result['filtered'] !== 'boolean') return []
    const severity = text(result['severity'])
    const { detected } = result
    return [
      {
        of,
        category,
        filtered: result['filtered'],
        ...(severity === undefined ? {} : { severity }),
        ...(typeof detected === 'boolean' ? { detected } : {}),
      },
    ]
  })
}

/** What a category is about, for a reader who has not met it before. */
export function categoryText(category: string): string {
  return CATEGORY_TEXTS[category] ?? category.replaceAll('_', ' ')
}

const CATEGORY_TEXTS: Readonly<Record<string, string>> = {
  hate: 'hate and unfairness',
  sexual: 'sexual content',
  violence: 'violence',
  self_harm: 'self-harm',
  jailbreak: 'attempt to get around the rules (user prompt attack)',
  indirect_attack: 'instructions hidden in a document (indirect attack)',
  protected_material_text: 'known protected text',
  protected_material_code: 'known protected code',
  profanity: 'profanity',
  custom_blocklists: 'your own blocklist',
}

/** What the verdict means, in a sentence. */
export function verdictText({ of, severity, detected, filtered }: FilterVerdict): string {
  const what = of === 'prompt' ? 'The prompt' : 'The answer'
  const level = severity === undefined ? (detected === true ? 'detected' : 'not detected') : `severity ${severity}`
  return filtered ? `${what} was blocked: ${level}.` : `${what} passed: ${level}.`
}
