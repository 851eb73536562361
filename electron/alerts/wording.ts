import type { Trouble } from '../core/trouble.ts'

/** One message to people. */
export interface Alert {
  kind: Trouble['kind'] | 'test'
  instance?: string
  deployment?: string
  /** A sentence, and what to do. */
  message: string
  /** ISO 8601. */
  time: string
}

const LONGEST = 400

/** What a trouble is called in a sentence. */
export function wordingOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'error':
      return `Error: ${trouble.message}`
    case 'throttled':
      return `${placeOf(trouble)} keeps answering 429: its quota is used up. Add an instance or raise the quota.`
    case 'down':
      return `${placeOf(trouble)} failed five times in a row (${trouble.told}) and is left alone for a minute.`
    case 'failed':
      return `A request failed for good on ${placeOf(trouble)}: ${trouble.told}.`
    case 'misconfigured':
      return advised(`${placeOf(trouble)} refuses its settings: ${trouble.told}.`, trouble.advice)
    case 'credential':
      return advised(`Nothing can be sent to ${placeOf(trouble)}: ${trouble.told}`, trouble.advice)
    case 'budget': {
      const { what, period, spent, usd, blocks } = trouble
      const used = `$${spent.toFixed(2)} of $${usd.toFixed(2)} ${period === 'day' ? 'today' : 'this month'}`
      const then = blocks ? 'Further requests are refused until it begins anew.' : 'Requests go on.'
      return `The budget of ${what} is used up: ${used}. ${then}`
    }
  }
}

/** What a webhook gets when the user wants to know whether it works. @param now milliseconds since the epoch */
export function testAlert(now: number): Alert {
  return { kind: 'test', message: 'This is a test. Trouble is told here.', time: new Date(now).toISOString() }
}

/**
 * A text that is one line and only a text: deployments are named by callers, and chats give `<at …>`, `<!channel>` and
 * `[text](address)` a meaning.
 */
export function plain(text: string): string {
  const oneLine = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
  return oneLine.length > LONGEST ? `${oneLine.slice(0, LONGEST - 1)}…` : oneLine
}

function placeOf({ instance, deployment }: { instance: string; deployment: string }): string {
  return deployment === '' ? `Instance ${instance}` : `Instance ${instance} (${deployment})`
}

function advised(text: string, advice: string | undefined): string {
  return advice === undefined || advice === '' ? text : `${text} ${advice}`
}
