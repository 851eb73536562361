import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readFigures } from '../../electron/journal/usage.ts'
import type { DialectId } from '../../shared/exchange.ts'

const folder = new URL('../fixtures/', import.meta.url)
const fixture = (file: string): Buffer => readFileSync(new URL(file, folder))

interface Fixture {
  file: string
  dialect: DialectId
  stream: boolean
  status: number
}
const { fixtures } = JSON.parse(fixture('manifest.json').toString()) as { fixtures: Fixture[] }
const answered = fixtures.filter((one) => one.status === 200 && !one.file.includes('error'))

/** The counts in a recording, found without regard to its structure. */
function lastNumber(text: string, ...names: string[]): number | undefined {
  const found = [...text.matchAll(new RegExp(`"(?:${names.join('|')})":\\s*(\\d+)`, 'g'))]
  return found.length === 0 ? undefined : Number(found.at(-1)?.[1])
}

describe('recorded answers', () => {
  test.each(answered.map((one) => [one.file, one] as const))('%s gives its output tokens', (file, one) => {
    const bytes = fixture(file)
    const { usage } = readFigures(one.dialect, one.stream, bytes)
    expect(usage?.output).toBe(lastNumber(bytes.toString(), 'completion_tokens', 'output_tokens'))
  })

  test('a refused Messages stream and a refused Chat answer are marked as filtered', () => {
    expect(readFigures('messages', true, fixture('messages__ai__anthropic-refusal.sse')).flags).toEqual(['filtered'])
    const chat = fixture('chat__openllmetry__test_chat_parse__test_parsed_refused_completion__0.json')
    expect(readFigures('chat', false, chat).flags).toEqual(['filtered'])
  })
})

const sse = (...events: object[]): Buffer =>
  Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))

test('Messages: cached input counts as input, and later counts replace earlier ones without adding', () => {
  const bytes = sse(
    {
      type: 'message_start',
      message: {
        usage: { input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: 2, output_tokens: 1 },
      },
    },
    { type: 'content_block_delta', delta: { text: '"message_delta"' } },
    { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 40, input_tokens: null } },
    { type: 'message_stop' },
  )
  expect(readFigures('messages', true, bytes)).toEqual({
    usage: { input: 17, cached: 5, cacheWrite: 2, output: 40 },
    flags: ['truncated'],
  })
})

test('Chat: figures in the text of an answer are not taken for the answer’s own', () => {
  const bytes = sse(
    { choices: [{ delta: { content: 'x' }, finish_reason: null }], usage: null },
    { choices: [{ delta: {}, finish_reason: 'length' }], usage: null },
    {
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 2 } },
    },
    { choices: [{ delta: { content: '{"usage":{"prompt_tokens":99},"finish_reason":"stop"}' } }] },
  )
  expect(readFigures('chat', true, bytes)).toEqual({
    usage: { input: 3, output: 4, reasoning: 2 },
    flags: ['truncated'],
  })
})

test('Responses: an answer cut by the filter says so', () => {
  const bytes = sse({
    type: 'response.incomplete',
    response: {
      incomplete_details: { reason: 'content_filter' },
      usage: { input_tokens: 5, input_tokens_details: { cached_tokens: 4 }, output_tokens: 6 },
    },
  })
  expect(readFigures('responses', true, bytes)).toEqual({
    usage: { input: 5, cached: 4, output: 6 },
    flags: ['filtered'],
  })
})

test('a prompt that Azure refused is marked as filtered', () => {
  const error = { error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } }
  expect(readFigures('chat', false, Buffer.from(JSON.stringify(error)))).toEqual({ flags: ['filtered'] })
})

test.each(['', 'no json', '[]', 'null', '{"usage":7}', '{"choices":[null,1]}'])('%j has no figures', (body) => {
  for (const dialect of ['chat', 'responses', 'messages'] as const) {
    expect(readFigures(dialect, false, Buffer.from(body))).toEqual({ flags: [] })
    expect(readFigures(dialect, true, Buffer.from(`data: ${body}\n\n`))).toEqual({ flags: [] })
  }
})

test('recordings cut anywhere never throw', () => {
  for (const one of answered) {
    const bytes = fixture(one.file)
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
      expect(readFigures(one.dialect, one.stream, bytes.subarray(0, at)).flags).toBeInstanceOf(Array)
    }
  }
})

test('the answer’s model is read in every dialect, and tokens that are cached for an hour', () => {
  const model = (dialect: DialectId, stream: boolean, file: string): string | undefined =>
    readFigures(dialect, stream, fixture(file)).model
  expect(model('chat', true, 'chat__ai__azure-model-router.1.sse')).toBe('gpt-5-nano-2025-08-07')
  expect(model('messages', true, 'messages__ai__anthropic-text.sse')).toMatch(/^claude-/)
  expect(model('responses', true, 'responses__ai__azure-text.1.sse')).toMatch(/^gpt-/)
  expect(model('responses', false, 'responses__ai__azure-text.1.json')).toMatch(/^gpt-/)
  const usage = {
    input_tokens: 1,
    cache_creation_input_tokens: 9,
    cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 7 },
    output_tokens: 3,
  }
  expect(readFigures('messages', false, Buffer.from(JSON.stringify({ model: 'm', usage })))).toEqual({
    usage: { input: 10, cacheWrite: 9, cacheWrite1h: 7, output: 3 },
    model: 'm',
    flags: [],
  })
})
