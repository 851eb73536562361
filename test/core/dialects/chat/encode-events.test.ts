import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { chunksOf, contextOf, decodeStream, encodeStream } from './context.ts'

interface Chunk {
  id: string
  object: string
  created: number
  model: string
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[]
  usage?: unknown
  error?: unknown
}

const start: Extract<HubEvent, { type: 'start' }> = { type: 'start', id: 'msg_1', model: 'upstream', created: 7 }
const end: HubEvent = { type: 'end', finish: 'stop', usage: { input: 2, output: 3, cached: 1, reasoning: 2 } }
const text = (part: number, ...pieces: string[]): HubEvent[] => [
  { type: 'open', part, kind: 'text' },
  ...pieces.map((piece): HubEvent => ({ type: 'delta', part, text: piece })),
  { type: 'close', part },
]

describe('the encoder of Chat streams', () => {
  it('writes the role first, every piece at once, the finish reason, the usage and the end mark', () => {
    const encoder = chat.createEventEncoder(contextOf())
    const pieces = [start, ...text(0, 'a', 'b'), end].map((event) => chunksOf(encoder.push(event)))
    const head = { id: 'msg_1', object: 'chat.completion.chunk', created: 7, model: 'asked-model' }
    const chunk = (delta: object, finish: string | null = null): object => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason: finish }],
      usage: null,
    })
    expect(pieces).toEqual([
      [chunk({ role: 'assistant', content: '' })],
      [],
      [chunk({ content: 'a' })],
      [chunk({ content: 'b' })],
      [],
      [
        chunk({}, 'stop'),
        {
          ...head,
          choices: [],
          usage: {
            prompt_tokens: 2,
            completion_tokens: 3,
            total_tokens: 5,
            prompt_tokens_details: { cached_tokens: 1 },
            completion_tokens_details: { reasoning_tokens: 2 },
          },
        },
        '[DONE]',
      ],
    ])
  })

  it('shows usage only to a client that asked for it', () => {
    const chunks = chunksOf(encodeStream([start, ...text(0, 'a'), end], contextOf({ includeUsage: false })))
    expect(chunks.at(-1)).toBe('[DONE]')
    expect(chunks.every((chunk) => chunk === '[DONE]' || !('usage' in (chunk as object)))).toBe(true)
    expect((chunks.at(-2) as Chunk).choices).toHaveLength(1)
  })

  it('leaves the usage chunk out when the upstream told none', () => {
    const chunks = chunksOf(encodeStream([start, { type: 'end', finish: 'stop' }]))
    expect(chunks.slice(0, -1).every((chunk) => (chunk as Chunk).choices.length === 1)).toBe(true)
  })

  it('gives thoughts as text and, for the way back, as details with the value whole and sealed', () => {
    const context = contextOf()
    const events: HubEvent[] = [
      start,
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'summary' },
      { type: 'delta', part: 0, text: 'One.' },
      { type: 'section', part: 0 },
      { type: 'delta', part: 0, text: 'Two.' },
      { type: 'opaque', part: 0, opaque: { maker: 'openai', kind: 'encrypted', value: 'E', itemId: 'rs_1' } },
      { type: 'close', part: 0 },
      { type: 'open', part: 1, kind: 'reasoning', reasoning: 'full' },
      { type: 'delta', part: 1, text: 'Three.' },
      { type: 'close', part: 1 },
      { type: 'end', finish: 'stop' },
    ]
    const deltas = chunksOf(encodeStream(events, context))
      .slice(1, -2)
      .map((chunk) => (chunk as Chunk).choices[0]?.delta)
    expect(deltas).toEqual([
      { reasoning_content: 'One.', reasoning_details: [{ type: 'reasoning.summary', summary: 'One.', index: 0 }] },
      { reasoning_content: '\n\n', reasoning_details: [{ type: 'reasoning.summary', summary: '\n\n', index: 0 }] },
      { reasoning_content: 'Two.', reasoning_details: [{ type: 'reasoning.summary', summary: 'Two.', index: 0 }] },
      {
        reasoning_details: [
          { type: 'reasoning.encrypted', data: expect.stringMatching(/^lz1\.o\./) as string, id: 'rs_1', index: 0 },
        ],
      },
      { reasoning_content: '\n\nThree.', reasoning_details: [{ type: 'reasoning.text', text: 'Three.', index: 1 }] },
    ])
  })

  it('keeps only the last opaque value of a part, whole, even when the part is never closed', () => {
    const opaque = (value: string): HubEvent => ({
      type: 'opaque',
      part: 0,
      opaque: { maker: 'anthropic', kind: 'signature', value },
    })
    const events: HubEvent[] = [start, { type: 'open', part: 0, kind: 'reasoning' }, opaque('old'), opaque('new'), end]
    const decoded = decodeStream(encodeStream(events)).filter((event) => event.type === 'opaque')
    expect(decoded.map((event) => event.opaque.value)).toEqual(['new'])
  })

  it('writes one element for a signed thought of a whole answer', () => {
    const events: HubEvent[] = [
      start,
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'full' },
      { type: 'delta', part: 0, text: 'Hm.' },
      { type: 'opaque', part: 0, opaque: { maker: 'anthropic', kind: 'signature', value: 's' } },
      end,
    ]
    expect(chat.encodeAnswer(events, contextOf())).toMatchObject({
      choices: [
        {
          message: {
            content: '',
            reasoning_content: 'Hm.',
            reasoning_details: [
              {
                type: 'reasoning.text',
                text: 'Hm.',
                signature: expect.stringMatching(/^lz1\.a\./) as string,
                index: 0,
              },
            ],
          },
        },
      ],
    })
  })

  it('writes {} for a call without arguments, for clients parse them', () => {
    const events: HubEvent[] = [
      start,
      { type: 'open', part: 0, kind: 'call', id: 'a', name: 'f' },
      { type: 'close', part: 0 },
      { type: 'open', part: 1, kind: 'call', id: 'b', name: 'p', custom: true },
      { type: 'close', part: 1 },
      end,
    ]
    const whole = chat.encodeAnswer(events, contextOf())
    for (const decoded of [decodeStream(encodeStream(events)), chat.decodeAnswer(whole, contextOf())]) {
      expect(decoded.filter((event) => event.type === 'delta')).toEqual([{ type: 'delta', part: 0, text: '{}' }])
    }
  })

  it('maps every reason to end, and puts a refusal into words', () => {
    const finish = (reason: Extract<HubEvent, { type: 'end' }>['finish'], detail?: unknown): unknown[] =>
      chunksOf(encodeStream([start, { type: 'end', finish: reason, detail }]))
        .slice(1, -1)
        .map((chunk) => (chunk as Chunk).choices[0])
        .map((choice) => choice?.finish_reason ?? choice?.delta)
    expect(finish('stop')).toEqual(['stop'])
    expect(finish('stop_sequence')).toEqual(['stop'])
    expect(finish('length')).toEqual(['length'])
    expect(finish('context')).toEqual(['length'])
    expect(finish('filter')).toEqual(['content_filter'])
    expect(finish('pause')).toEqual(['stop'])
    expect(finish('tool')).toEqual(['stop'])
    expect(finish('refusal', { type: 'refusal', explanation: 'No.' })).toEqual([{ refusal: 'No.' }, 'content_filter'])
  })

  it('cites URLs where the cited text stands, and declares other citations', () => {
    const context = contextOf()
    const deltas = chunksOf(
      encodeStream(
        [
          start,
          ...text(0, 'four'),
          { type: 'open', part: 1, kind: 'text' },
          { type: 'delta', part: 1, text: 'cited' },
          {
            type: 'citation',
            part: 1,
            citation: { kind: 'url', url: 'https://a.example', dialect: 'messages', raw: {} },
          },
          { type: 'citation', part: 1, citation: { kind: 'other', dialect: 'messages', raw: {} } },
          { type: 'close', part: 1 },
          end,
        ],
        context,
      ),
    ).map((chunk) => (chunk as Chunk).choices?.[0]?.delta)
    expect(deltas).toContainEqual({
      annotations: [
        {
          type: 'url_citation',
          url_citation: { url: 'https://a.example', title: 'https://a.example', start_index: 4, end_index: 9 },
        },
      ],
    })
    expect(context.losses).toEqual([
      expect.objectContaining({ kind: 'dropped', reason: expect.stringMatching(/URLs/) as string }),
    ])
  })

  it("lets the content filter's verdicts ride on the next chunk", () => {
    const results = { violence: { filtered: true, severity: 'high' } }
    const chunks = chunksOf(
      encodeStream([
        start,
        {
          type: 'note',
          key: 'prompt_filter',
          value: [
            { source_type: 'prompt', content_filter_results: results },
            { source_type: 'completion', content_filter_results: {} },
          ],
        },
        { type: 'note', key: 'content_filter', value: results },
        { type: 'end', finish: 'filter' },
      ]),
    )
    expect(chunks[1]).toMatchObject({
      choices: [{ finish_reason: 'content_filter', content_filter_results: results }],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: results }],
    })
  })

  it('ends in an error line without the end mark', () => {
    const events: HubEvent[] = [
      start,
      ...text(0, 'a'),
      { type: 'error', error: { status: 529, type: 'overloaded_error', message: 'Busy.' } },
      end,
    ]
    expect(chunksOf(encodeStream(events)).at(-1)).toEqual({
      error: { message: 'Busy.', type: 'server_error', param: null, code: 'overloaded' },
    })
  })

  it('names the model that was asked for, and the one that a router chose', () => {
    const model = (asked: string): unknown =>
      (chunksOf(encodeStream([start], contextOf({ model: asked })))[0] as Chunk).model
    expect(model('gpt-4o')).toBe('gpt-4o')
    expect(model('model-router')).toBe('upstream')
  })
})
