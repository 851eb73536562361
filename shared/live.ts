/** How the instances fare now: condition, quota, speed and calls. */
import * as z from 'zod'
import { Failure } from './exchange.ts'

/** How an instance, or one deployment of it, fares now. Times are milliseconds since the epoch. */
export const LiveCondition = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ok') }),
  /** Left alone until then: it asked for it (429), or it failed five times in a row. */
  z.object({ state: z.literal('resting'), cause: z.enum(['throttled', 'failing']), until: z.number().int() }),
  /** Its rest is over; one request at a time finds out whether it works again. */
  z.object({ state: z.literal('half-open') }),
  /** It refused for its settings. The failure says what, and how to put it right. */
  z.object({ state: z.literal('misconfigured'), failure: Failure }),
])
export type LiveCondition = z.infer<typeof LiveCondition>

export const LiveQuota = z.object({
  /** A minute; absent: without limit. As it is configured, else, of a deployment, as its upstream says. */
  limitTpm: z.number().optional(),
  limitRpm: z.number().optional(),
  /** In the last 60 s. Under a configured limit, what is on its way counts with its reservation. */
  usedTpm: z.number(),
  usedRpm: z.number(),
  /** What the upstream said is left of its own minute (`x-ratelimit-remaining-*`), and when. */
  remainingTokens: z.number().optional(),
  remainingRequests: z.number().optional(),
  seenAt: z.number().int().optional(),
})
export type LiveQuota = z.infer<typeof LiveQuota>

const liveFigures = {
  condition: LiveCondition,
  quota: LiveQuota,
  /** Moving average of the time to the first byte, where one was measured of late. */
  ttftMs: z.number().optional(),
  /** Calls in the last 5 minutes, and those of them that failed. */
  requests: z.number().int(),
  errors: z.number().int(),
}

export const InstanceLive = z.object({
  name: z.string(),
  /** `condition` is the worst of its deployments; what is left is told per deployment only. */
  ...liveFigures,
  /** Those that were called since the start, by name. */
  deployments: z.array(z.object({ deployment: z.string(), ...liveFigures })),
})
export type InstanceLive = z.infer<typeof InstanceLive>
