import type { Find } from './evidence.ts'

/** The client closed the connection before it had the whole answer. */
export const findClientLeft: Find = ({ summary }) => {
  if (summary.state !== 'aborted') return undefined
  const seconds = ((summary.durationMs ?? 0) / 1000).toFixed(1)
  const begun = summary.ttftMs !== undefined
  return {
    kind: 'client-left',
    severity: begun ? 'info' : 'warn',
    title: begun ? 'Client left in mid-answer' : 'Client left without an answer',
    explanation: begun
      ? `${summary.client} closed the connection after ${seconds} s, in the middle of the answer: somebody pressed stop, or it had what it wanted. The call upstream was ended, too; what was made until then is still charged.`
      : `${summary.client} closed the connection after ${seconds} s, before the first byte of the answer: its time limit may be shorter than the model thinks.`,
    ...(begun ? {} : { fix: 'Give the client a longer time limit, or let it ask for a stream.' }),
    related: [],
  }
}
