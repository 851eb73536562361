import { request, type Agent } from 'node:http'

/** How one request ended for its client. */
export type Outcome =
  /** The whole answer, and it is right. */
  | { kind: 'answered'; words: number }
  /** An answer with an error status, in the API's own shape. */
  | { kind: 'refused'; status: number }
  /** A stream that ended with an error event, after a part of the answer. */
  | { kind: 'broken' }
  /** What must not happen, and what it was. */
  | { kind: 'wrong'; why: string }

/**
 * Asks for a stream of so many words, and looks at every byte of what comes.
 * @param silence seconds before the upstream says anything
 */
export function ask(port: number, agent: Agent, words: number, silence = 0): Promise<Outcome> {
  const body = JSON.stringify({
    model: 'gpt-4o',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: `words=${words} silence=${silence}` }],
  })
  return new Promise((resolve) => {
    let answers = 0
    const call = request(
      { port, agent, method: 'POST', path: '/v1/chat/completions', headers: { 'content-type': 'application/json' } },
      (answer) => {
        answers += 1
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => (text += part))
        answer.once('close', () => resolve(judge(answers, answer.statusCode ?? 0, answer.complete, text, words)))
        answer.on('error', () => {})
      },
    )
    call.once('error', (error) => {
      if (answers === 0) resolve({ kind: 'wrong', why: `no answer: ${error.message}` })
    })
    call.setTimeout((120 + silence) * 1000, () => call.destroy(new Error('silent for too long')))
    call.end(body)
  })
}

function judge(answers: number, status: number, complete: boolean, text: string, words: number): Outcome {
  if (answers !== 1) return { kind: 'wrong', why: `${answers} answers` }
  if (!complete) return { kind: 'wrong', why: `a body that was cut, after ${text.length} characters` }
  if (status !== 200) {
    try {
      const { error } = JSON.parse(text) as { error?: { message?: unknown } }
      if (typeof error?.message === 'string') return { kind: 'refused', status }
    } catch {}
    return { kind: 'wrong', why: `status ${status} with ${text.slice(0, 200)}` }
  }
  const events = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6))
  const said = events.flatMap((event) => {
    const content = event === '[DONE]' ? undefined : contentOf(event)
    return content === undefined ? [] : [content]
  })
  const expected = Array.from({ length: words }, (_, index) => `${index} `).join('')
  if (!expected.startsWith(said.join(''))) return { kind: 'wrong', why: 'words out of order, doubled or missing' }
  const failed = events.filter((event) => event.includes('"error"')).length
  if (failed > 1) return { kind: 'wrong', why: `${failed} errors in one stream` }
  if (failed === 1) return { kind: 'broken' }
  if (events.at(-1) !== '[DONE]') return { kind: 'wrong', why: 'a stream that ended without an end' }
  if (said.join('') !== expected) return { kind: 'wrong', why: 'a clean end after a part of the words' }
  return { kind: 'answered', words }
}

function contentOf(event: string): string | undefined {
  const { choices } = JSON.parse(event) as { choices?: { delta?: { content?: string } }[] }
  return choices?.[0]?.delta?.content
}
