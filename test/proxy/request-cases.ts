import type { DialectId } from '../../shared/exchange.ts'

export interface Outcomes {
  /** APIs into which this cannot be translated: refused before the upstream is asked. */
  refusedBy?: readonly DialectId[]
  /** APIs to which it goes although they will refuse it in their own words: the client's own mistake. */
  forwardedTo?: readonly DialectId[]
}

/** A request without its model. */
export type RequestCase = [name: string, body: Record<string, unknown>, outcomes?: Outcomes]
