/** What a gateway in Azure's style says, well and oddly. */

export const TEXT = 'Zwölf Boxkämpfer 🙂🙂 jagen Viktor.'
export const USAGE = { input_tokens: 7, output_tokens: 5, total_tokens: 12 }
export const MESSAGES = [{ role: 'user', content: 'hi' }]

export function answer(text = TEXT, usage: unknown = USAGE): Record<string, unknown> {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'm',
    output: [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content }],
    usage,
  }
}

export function sse(events: readonly ({ type?: string; [field: string]: unknown } | string)[]): Buffer {
  return Buffer.from(
    events
      .map((event) =>
        typeof event === 'string'
          ? `data: ${event}\n\n`
          : `${event.type === undefined ? '' : `event: ${event.type}\n`}data: ${JSON.stringify(event)}\n\n`,
      )
      .join(''),
  )
}

export const REAL = sse([
  { type: 'response.created', sequence_number: 0, response: { ...answer(), status: 'in_progress', output: [] } },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Zwölf ' },
  {
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: TEXT.slice('Zwölf '.length),
  },
  { type: 'response.completed', response: answer() },
])

/** The pieces of text in a stream of any of the three APIs. */
export function pieces(streamed: string): string[] {
  return streamed.split('\n').flatMap((line) => {
    if (!line.startsWith('data: {')) return []
    const { type, delta, choices } = JSON.parse(line.slice(6)) as {
      type?: string
      delta?: string | { text?: string }
      choices?: { delta: { content?: string | null } }[]
    }
    if (typeof delta === 'string') return type === 'response.output_text.delta' ? [delta] : []
    const piece = delta?.text ?? choices?.[0]?.delta.content
    return piece ? [piece] : []
  })
}
