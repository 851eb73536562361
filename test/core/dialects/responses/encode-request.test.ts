import { describe, expect, it } from 'vitest'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubRequest, MediaSource, Part, Turn } from '../../../../electron/core/hub.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'
import { requestOf } from './support.ts'

function encode(
  fields: Partial<HubRequest>,
  model = 'gpt-5',
  stream = false,
): ReturnType<typeof responses.encodeRequest> {
  return responses.encodeRequest(requestOf({ dialect: 'messages', ...fields }), {
    deployment: 'my-deployment',
    profile: profileOf(model),
    stream,
  })
}

const bodyOf = (...args: Parameters<typeof encode>): Record<string, unknown> => encode(...args).body
const itemsOf = (turns: Turn[], fields: Partial<HubRequest> = {}, model = 'gpt-5'): Record<string, unknown>[] =>
  bodyOf({ turns, ...fields }, model)['input'] as Record<string, unknown>[]
const lossesOf = (...args: Parameters<typeof encode>): string[] =>
  encode(...args).losses.map((loss) => `${loss.kind} ${loss.path}`)

const user = (...parts: (Part | string)[]): Turn => ({ role: 'user', parts: parts.map(partOf) })
const system = (...parts: (Part | string)[]): Turn => ({ role: 'system', parts: parts.map(partOf) })
const assistant = (...parts: (Part | string)[]): Turn => ({ role: 'assistant', parts: parts.map(partOf) })
const partOf = (part: Part | string): Part => (typeof part === 'string' ? { type: 'text', text: part } : part)
const call = (id: string, name = 'f', args = '{}'): Part => ({ type: 'call', id, name, arguments: args })
const sealed = (value: string, itemId?: string): Part => ({
  type: 'reasoning',
  text: ['Hm'],
  kind: 'summary',
  opaque: { maker: 'openai', kind: 'encrypted', value, ...(itemId === undefined ? {} : { itemId }) },
})

describe('the conversation', () => {
  it('has its leading instructions joined and the later ones in place', () => {
    const body = bodyOf({ turns: [system('One'), system('Two'), user('Hi'), system('Three')] })
    expect(body['instructions']).toBe('One\n\nTwo')
    expect(body['input']).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Three' }] },
    ])
  })

  it('has an input even if there are only instructions', () => {
    const body = bodyOf({ turns: [system('One')] })
    expect(body['instructions']).toBeUndefined()
    expect(body['input']).toEqual([
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'One' }] },
    ])
  })

  it('says what the assistant said as output text, never as input', () => {
    expect(itemsOf([user('Hi'), assistant('Hello', { type: 'refusal', text: 'No.' }), user('Why?')])[1]).toEqual({
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'Hello' },
        { type: 'refusal', refusal: 'No.' },
      ],
    })
  })

  it('keeps phases and messages apart', () => {
    const turn = assistant(
      { type: 'text', text: 'A', phase: 'commentary', itemId: 'msg_1' },
      { type: 'text', text: 'B', phase: 'final_answer', itemId: 'msg_2' },
    )
    expect(itemsOf([user('x'), turn]).slice(1)).toMatchObject([{ phase: 'commentary' }, { phase: 'final_answer' }])
  })

  it('has each thought in front of what it led to, with its id and its sealed content', () => {
    const items = itemsOf([
      user('x'),
      assistant(sealed('s1', 'rs_1'), 'Look', sealed('s2'), call('c1')),
      { role: 'tool', parts: [{ type: 'result', id: 'c1', parts: [{ type: 'text', text: 'ok' }] }] },
    ])
    expect(items.map((item) => item['type'])).toEqual([
      'message',
      'reasoning',
      'message',
      'reasoning',
      'function_call',
      'function_call_output',
    ])
    expect(items[1]).toEqual({
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm' }],
      encrypted_content: 's1',
    })
    expect(items[3]).not.toHaveProperty('id')
    expect(items[4]).toEqual({ type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' })
  })

  it('drops a thought that nothing follows, and thoughts that OpenAI cannot read', () => {
    const anthropic: Part = {
      type: 'reasoning',
      text: ['Hm'],
      kind: 'full',
      opaque: { maker: 'anthropic', kind: 'signature', value: 'x' },
    }
    const turns = [user('x'), assistant(anthropic, 'A'), user('y'), assistant(sealed('s'))]
    expect(itemsOf(turns).map((item) => item['type'])).toEqual(['message', 'message', 'message'])
    expect(lossesOf({ turns })).toEqual(['dropped messages.thinking', 'dropped messages.thinking'])
    expect(JSON.stringify(itemsOf(turns))).not.toContain('encrypted_content')
  })

  it('gives results back with pictures, and says which failed', () => {
    const [, result] = itemsOf([
      assistant(call('c')),
      {
        role: 'tool',
        parts: [
          {
            type: 'result',
            id: 'c',
            error: true,
            parts: [
              { type: 'text', text: 'No such file' },
              { type: 'image', media: { source: { type: 'data', data: 'AA', mime: 'image/png' } } },
            ],
          },
        ],
      },
    ])
    expect(result).toEqual({
      type: 'function_call_output',
      call_id: 'c',
      output: [
        { type: 'input_text', text: 'Error: No such file' },
        { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'auto' },
      ],
    })
  })

  it('gives results before what the user says besides', () => {
    const turns: Turn[] = [
      assistant(call('c')),
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'Also' },
          { type: 'result', id: 'c', parts: [] },
        ],
      },
    ]
    expect(itemsOf(turns).map((item) => item['type'])).toEqual(['function_call', 'function_call_output', 'message'])
  })

  it('fits call ids to 64 characters, on both sides alike', () => {
    const id = `toolu_${'x'.repeat(100)}`
    const items = itemsOf([assistant(call(id)), { role: 'tool', parts: [{ type: 'result', id, parts: [] }] }])
    expect(String(items[0]?.['call_id'])).toHaveLength(64)
    expect(items[1]?.['call_id']).toBe(items[0]?.['call_id'])
  })

  it('carries files by data, address and id', () => {
    const file = (source: MediaSource, name?: string): Part => ({
      type: 'file',
      media: { source, ...(name === undefined ? {} : { name }) },
    })
    const [message] = itemsOf(
      [
        user(
          file({ type: 'data', data: 'AA', mime: 'application/pdf' }),
          file({ type: 'url', url: 'https://a.example/a.pdf' }),
          file({ type: 'file', fileId: 'file_1' }),
        ),
      ],
      { dialect: 'chat' },
    )
    expect(message?.['content']).toEqual([
      { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,AA' },
      { type: 'input_file', file_url: 'https://a.example/a.pdf' },
      { type: 'input_file', file_id: 'file_1' },
    ])
  })

  it.each<[string, Partial<HubRequest>, string]>([
    [
      'sound',
      { turns: [user({ type: 'audio', media: { source: { type: 'data', data: 'A', mime: 'audio/wav' } } })] },
      'messages',
    ],
    [
      'file ids of Anthropic',
      { turns: [user({ type: 'file', media: { source: { type: 'file', fileId: 'f' } } })] },
      'messages',
    ],
    ['unknown content', { turns: [user({ type: 'foreign', dialect: 'messages', raw: { type: 'x' } })] }, 'messages'],
    ['hosted tools', { tools: [{ type: 'hosted', name: 'web_search', dialect: 'messages', raw: {} }] }, 'tools[0]'],
    ['several answers', { n: 2 }, 'n'],
    ['speech', { dialect: 'chat', extra: { modalities: ['text', 'audio'] } }, 'modalities'],
  ])('is refused with %s', (_, fields, param) => {
    expect(() => encode(fields)).toThrow(
      expect.objectContaining({ status: 400, code: 'unsupported_by_upstream', param }),
    )
  })
})
