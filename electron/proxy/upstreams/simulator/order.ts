/** A wish of the caller for a special behaviour, written in the last user message. */
export type Order =
  | { kind: 'error'; status: number }
  | { kind: 'cut' }
  | { kind: 'stall' }
  | { kind: 'slow' }
  | { kind: 'content-filter' }
  | { kind: 'prompt-filter' }
  | { kind: 'redacted' }

/** What `help` lists. */
export const orderHelp: readonly (readonly [order: string, effect: string])[] = [
  ['simulate error 429', 'answers with that status (any from 400 to 599); 429 carries retry-after'],
  ['simulate cut', 'breaks the connection in the middle of the answer'],
  ['simulate stall', 'falls silent in the middle of the answer and never ends it'],
  ['simulate slow', 'starts after seconds and writes ten times slower'],
  ['simulate content filter', 'the answer is stopped by the content filter (Claude: a refusal)'],
  ['simulate prompt filter', 'the prompt is refused by the content filter (Claude: a refusal)'],
  ['simulate redacted', 'with thinking on, Claude’s thinking comes redacted'],
]

export function readOrder(text: string): Order | undefined {
  const match =
    /\bsimulate\s+(?:an?\s+)?(?:error\s+([45]\d\d)|(cut|stall|slow|redacted)|(content|prompt)[\s_-]*filter)\b/i.exec(
      text,
    )
  if (match === null) return undefined
  if (match[1] !== undefined) return { kind: 'error', status: Number(match[1]) }
  if (match[3] !== undefined) {
    return { kind: match[3].toLowerCase() === 'content' ? 'content-filter' : 'prompt-filter' }
  }
  return { kind: match[2]!.toLowerCase() as 'cut' | 'stall' | 'slow' | 'redacted' }
}
