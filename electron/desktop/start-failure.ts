import { LazuliError } from '../core/error.ts'

export interface FailureText {
  title: string
  content: string
}

/** What to tell a user whose Lazuli did not start: the reason, and what to do about it. */
export function describeStartFailure(error: unknown): FailureText {
  const title = 'Lazuli could not start'
  if (error instanceof LazuliError) {
    return { title, content: error.fix === undefined ? error.message : `${error.message}\n\n${error.fix}` }
  }
  return { title, content: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
