/**
 * Faults on purpose: what Lazuli does to its own clients, so that their users see how a tool takes it. They are off after a
 * restart unless they are kept on purpose.
 */
import * as z from 'zod'

/** Index of an event of the answer, from 0. A body that is not a stream counts as two: its halves. */
const event = z.number().int().min(0).max(1_000_000)
const milliseconds = z.number().int().min(0).max(3_600_000)

export const Fault = z.discriminatedUnion('kind', [
  /** Refused before anything is asked upstream. */
  z.object({
    kind: z.literal('status'),
    status: z.union([400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 529].map((status) => z.literal(status))),
    /** Told as Retry-After, in seconds. */
    retryAfter: z.number().int().min(0).max(3600).optional(),
  }),
  /** Later than without. */
  z.object({ kind: z.literal('latency'), ms: milliseconds }),
  /** Silent for a while before this event. */
  z.object({ kind: z.literal('stall'), at: event, ms: milliseconds }),
  /** The connection breaks before this event. */
  z.object({ kind: z.literal('cut'), at: event }),
  /** This event is no JSON. */
  z.object({ kind: z.literal('malformed'), at: event }),
  /** A clean end without the event that ends an answer. */
  z.object({ kind: z.literal('missing_end') }),
  /** So long before each event. */
  z.object({ kind: z.literal('slow'), ms: milliseconds }),
])
export type Fault = z.infer<typeof Fault>

export const FaultRule = z.object({
  id: z.string().min(1).max(64),
  enabled: z.boolean(),
  /** Patterns with `*`, case ignored; absent: any. The client by the name that Traffic shows. */
  client: z.string().trim().min(1).max(200).optional(),
  model: z.string().trim().min(1).max(256).optional(),
  /** Of the requests that match, from 0 to 1. */
  probability: z.number().min(0).max(1),
  /** Still there after a restart. */
  keep: z.boolean(),
  fault: Fault,
})
export type FaultRule = z.infer<typeof FaultRule>

/** What a fault does, in a sentence: `stalls for 5 s before event 3`. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'status':
      return `answers ${fault.status}${fault.retryAfter === undefined ? '' : ` with Retry-After ${fault.retryAfter} s`}`
    case 'latency':
      return `begins ${seconds(fault.ms)} later`
    case 'stall':
      return `stalls for ${seconds(fault.ms)} before event ${fault.at}`
    case 'cut':
      return `breaks the connection before event ${fault.at}`
    case 'malformed':
      return `makes event ${fault.at} malformed`
    case 'missing_end':
      return 'leaves out the event that ends the answer'
    case 'slow':
      return `waits ${seconds(fault.ms)} before each event`
  }
}

const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`)
