import type { Find } from './evidence.ts'

/** From this share on it was the thinking that took the room. */
const mostlyThinking = 0.9

/** The answer ended at its limit of tokens. */
export const findMaxTokens: Find = ({ summary, request }) => {
  if (!summary.flags.includes('truncated')) return undefined
  const { output, reasoning } = summary.usage ?? {}
  const limit = request?.limit
  const used = output === undefined ? '' : ` after ${output.toLocaleString('en-US')} tokens`
  const thought = output !== undefined && reasoning !== undefined && reasoning >= output * mostlyThinking
  return {
    kind: 'max-tokens',
    severity: 'warn',
    title: 'Cut at the token limit',
    explanation: [
      limit === undefined
        ? `The model stopped${used}, at its own limit or at the end of its context: what it had to say is not complete.`
        : `The model stopped${used}, because ${limit.path} allows ${limit.value.toLocaleString('en-US')}: what it had to say is not complete.`,
      ...(thought ? ['Nearly all of it went into thinking, which counts against the same limit.'] : []),
    ].join(' '),
    fix:
      limit === undefined
        ? 'Shorten the conversation, or ask for a shorter answer.'
        : `Raise ${limit.path}${thought ? ' or lower the effort of thinking' : ''}.`,
    ...(limit === undefined ? {} : { path: limit.path }),
    related: [],
  }
}
