import type { Estimate } from './limits.ts'

/** What a picture or a file counts, whatever its size; the true figure depends on its pixels. */
const MEDIA_TOKENS = 1000
const BYTES_PER_TOKEN = 4
/** Shorter ones are words that look like base64. */
const SHORTEST_MEDIA = 1024

/**
 * A cheap estimate of a request's tokens, for admission: its bytes by four, without what is base64. It tends to be too
 * high, and is settled to the true figure at the end.
 * @param output tokens that the request allows as an answer
 */
export function estimateTokens(body: Buffer, output: unknown): Estimate {
  let text = body.length
  let media = 0
  for (let at = body.indexOf('base64'); at !== -1;) {
    const behind = at + 'base64'.length
    const start = startOfMedia(body, behind)
    const end = start === undefined ? behind : body.indexOf(0x22, start)
    if (end === -1) break
    if (start !== undefined && end - start >= SHORTEST_MEDIA) {
      text -= end - start
      media++
    }
    at = body.indexOf('base64', end)
  }
  const allowed = typeof output === 'number' && Number.isFinite(output) && output > 0 ? Math.ceil(output) : 0
  return { input: Math.ceil(text / BYTES_PER_TOKEN) + media * MEDIA_TOKENS, output: allowed }
}

/** Behind `;base64,` of a data URL, or in the `"data"` that stands near `"type":"base64"`; undefined for a mere word. */
function startOfMedia(body: Buffer, behind: number): number | undefined {
  if (body[behind] === 0x2c) return behind
  const data = body.subarray(behind, behind + 200).indexOf('"data"')
  if (data === -1) return undefined
  const quote = body.indexOf(0x22, behind + data + '"data"'.length)
  return quote === -1 ? undefined : quote + 1
}
