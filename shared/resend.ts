/** A recorded request that is sent once more, as it was or changed. */
import * as z from 'zod'
import { fileBounds } from './exchange-files.ts'

/** What the new request names the one that it repeats by; only Lazuli reads it. */
export const REPLAY_HEADER = 'x-lazuli-replay-of'

export const ResendRequest = z.object({
  /** The recorded exchange. */
  id: z.string(),
  /** JSON in place of the recorded body. */
  body: z.string().max(fileBounds.text).optional(),
  /** In place of the model name that was asked for. */
  model: z.string().min(1).max(256).optional(),
  /** Goes to this deployment, whatever the mapping says. */
  target: z.object({ instance: z.string().min(1), deployment: z.string().min(1) }).optional(),
})
export type ResendRequest = z.infer<typeof ResendRequest>

export const Resent = z.object({
  /** The new exchange; it may still run. */
  id: z.string(),
  /** Where the body seems to have asterisks in place of a secret, which is not recorded; the first twenty paths. */
  redacted: z.array(z.string()),
})
export type Resent = z.infer<typeof Resent>

const LONGEST_LIST = 20
/** As the recorder hides a secret, which has six characters or more. */
const HIDDEN = /\*{6,}|\[redacted\]/

/** Paths of the texts that have lost a secret on their way into the store, e.g. `messages[2].content`. */
export function redactedPaths(value: unknown): string[] {
  const found: string[] = []
  collect(value, '', found)
  return found
}

function collect(value: unknown, path: string, found: string[]): void {
  if (found.length >= LONGEST_LIST) return
  if (typeof value === 'string') {
    if (HIDDEN.test(value)) found.push(path)
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => collect(item, `${path}[${index}]`, found))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) collect(item, path === '' ? key : `${path}.${key}`, found)
  }
}
