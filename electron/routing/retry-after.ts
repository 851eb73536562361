/** Headers as an upstream sends them: lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/**
 * How long an upstream asks to be left alone, in milliseconds: `retry-after-ms`, else `Retry-After` in seconds or as a
 * date (RFC 9110 §10.2.3). Undefined where it says nothing, nothing that can be read, or no time that is still to come.
 * @param now milliseconds since the epoch; the answer's own `Date` is taken where there is one, so that no clock matters
 */
export function readRetryAfter(headers: AnswerHeaders, now: number): number | undefined {
  const ms = positive(headers['retry-after-ms'])
  if (ms !== undefined) return ms
  const seconds = positive(headers['retry-after'])
  if (seconds !== undefined) return seconds * 1000
  const at = dateOf(headers['retry-after'])
  if (at === undefined) return undefined
  const wait = at - (dateOf(headers['date']) ?? now)
  return wait > 0 ? wait : undefined
}

function positive(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d+(?:\.\d+)?(?:e\d{1,3})?$/i.test(value.trim())) return undefined
  const number = Number(value)
  return Number.isFinite(number) && number > 0 ? number : undefined
}

/** `Date.parse` reads much that is no date, `-5` for one; an HTTP date begins with a day's name. */
function dateOf(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\s*(?:mon|tue|wed|thu|fri|sat|sun)/i.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : at
}
