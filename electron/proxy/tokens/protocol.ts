/** What the proxy and its counting thread tell each other. */

export interface CountQuestion {
  number: number
  /** A Messages body as JSON in UTF-8. */
  body: Uint8Array
}

export type Counted = { number: number } & (
  | { tokens: number }
  /** The body is none; told as a 400. */
  | { refused: { message: string; param: string | undefined } }
)
