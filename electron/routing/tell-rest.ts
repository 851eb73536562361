import type { Condition, Rest } from './health.ts'

/** Why a deployment is passed over, for those who read the explanation. */
export function tellRest({ cause, waitMs }: Rest): string {
  switch (cause) {
    case 'throttled':
      return `It asked to be left alone for ${tellSeconds(waitMs)} more`
    case 'down':
      return `It failed five times in a row; it is tried again in ${tellSeconds(waitMs)}`
  }
}

/** What there is to say of a deployment that only stands by; undefined for a healthy one. */
export function tellCondition(condition: Condition): string | undefined {
  switch (condition.state) {
    case 'healthy':
    case 'misconfigured':
      return undefined
    case 'throttled':
    case 'down':
      return tellRest({ cause: condition.state, waitMs: condition.retryMs })
    case 'half-open':
      return 'It failed five times in a row; the next request finds out whether it works again'
  }
}

/** To a tenth of a second. */
export function tellSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}
