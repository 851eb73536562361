import type { ChatTurn } from '../../shared/playground.ts'

/** Characters of an excerpt on either side of what was found. */
const AROUND = 40

/** What a search looks at: what was written, not pictures or sealed thoughts. */
export function textOfTurn(turn: ChatTurn): string {
  switch (turn.role) {
    case 'user': {
      const attached = turn.attachments.map((one) => (one.type === 'text' ? `${one.name}\n${one.text}` : one.name))
      return [turn.text, ...attached].join('\n')
    }
    case 'assistant':
      return [turn.text, turn.refusal, turn.reasoning, ...turn.calls.map((call) => `${call.name} ${call.arguments}`)]
        .filter((text) => text !== '')
        .join('\n')
    case 'tool':
      return turn.results.map((result) => `${result.name}\n${result.text}`).join('\n')
  }
}

/** One spelling for what differs only in case or composition. */
export function searchable(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase('en')
}

/** The words around the first occurrence, in one line. */
export function excerptAround(text: string, word: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const at = Math.max(0, searchable(line).indexOf(word))
  const from = Math.max(0, at - AROUND)
  const to = at + word.length + AROUND
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`
}
