/**
 * A client that sends what the Dify provider sends and reads answers as it does (azure.md §7.4): `text`, `output_text`,
 * `content`, `message`, `choices`, `output` in this order; the first that is a text or a list; deltas are not known.
 */

export interface DifyRequest {
  messages: readonly unknown[]
  user?: string
  vision?: boolean
  stream?: boolean
  stop?: string[]
  tools?: unknown[]
  fields?: Record<string, unknown>
}

export interface DifyAnswer {
  status: number
  text: string
  /** As they came, one per event. */
  fragments: string[]
  promptTokens: number
  completionTokens: number
  types: string[]
}

type Json = Record<string, unknown>

export function difyBody(model: string, request: DifyRequest): Json {
  const { messages, user, vision, stream = false, stop, tools, fields = {} } = request
  return {
    model,
    input: {
      messages,
      ...(user === undefined ? {} : { user }),
      ...(vision === true ? { modalities: ['text', 'vision'] } : {}),
    },
    stream,
    ...(tools === undefined ? {} : { tools }),
    ...(stop === undefined ? {} : { stop }),
    ...fields,
  }
}

/** @throws Error for an event whose type has "error" in it */
export async function askAsDify(
  base: string,
  model: string,
  request: DifyRequest,
  version = 'fake',
): Promise<DifyAnswer> {
  const response = await fetch(`${base}/openai/deployments/${model}/responses?api-version=${version}`, {
    method: 'POST',
    headers: { 'api-key': 'local-key', 'content-type': 'application/json' },
    body: JSON.stringify(difyBody(model, request)),
  })
  const read = await response.text()
  const none = { status: response.status, text: '', fragments: [], promptTokens: 0, completionTokens: 0, types: [] }
  if (response.status !== 200) return { ...none, text: read }
  if (request.stream !== true) {
    const body = JSON.parse(read) as Json
    return { ...none, text: textOf(body) || JSON.stringify(body), ...usageOf(body['usage']) }
  }
  return { ...none, ...readEvents(read) }
}

function readEvents(stream: string): Omit<DifyAnswer, 'status'> {
  const fragments: string[] = []
  const types: string[] = []
  let usage = { promptTokens: 0, completionTokens: 0 }
  for (const block of stream.split('\n\n')) {
    const data = block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trim())
      .join('\n')
    if (data === '[DONE]') break
    if (data === '') continue
    const event = JSON.parse(data) as Json
    const type = typeof event['type'] === 'string' ? event['type'] : ''
    types.push(type)
    if (type.includes('error')) throw new Error(`SSE stream error: ${JSON.stringify(event['error'] ?? event)}`)
    const told = event['usage'] ?? (event['response'] as Json | undefined)?.['usage']
    if (told) usage = usageOf(told)
    const text = textOf(event)
    if (text !== '') fragments.push(text)
  }
  return { text: fragments.join(''), fragments, types, ...usage }
}

function usageOf(usage: unknown): { promptTokens: number; completionTokens: number } {
  const { prompt_tokens: prompt, completion_tokens: completion } = (usage ?? {}) as Record<string, number | undefined>
  return { promptTokens: prompt ?? 0, completionTokens: completion ?? 0 }
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data
  if (Array.isArray(data)) return data.map(textOf).join('')
  if (typeof data !== 'object' || data === null) return ''
  const fields = data as Json
  for (const key of ['text', 'output_text', 'content']) {
    const value = fields[key]
    if (typeof value === 'string') return value
    if (Array.isArray(value)) return value.map(textOf).join('')
  }
  const nested = textOf(fields['message'] instanceof Object ? fields['message'] : undefined)
  if (nested !== '') return nested
  const choices = Array.isArray(fields['choices']) ? (fields['choices'] as Json[]) : []
  const said = choices.map((choice) => textOf(choice['delta']) + textOf(choice['message'])).join('')
  if (said !== '') return said
  return Array.isArray(fields['output']) ? textOf(fields['output']) : ''
}
