import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { DialectId, LaneEvent } from '../../../shared/exchange.ts'
import type { Answer } from '../../../renderer/pages/traffic/rebuild/answer.ts'
import { Rebuilder, wholeAnswer } from '../../../renderer/pages/traffic/rebuild/rebuilder.ts'
import { recordedLane } from '../scripted-scene.ts'

const folder = new URL('../../fixtures/', import.meta.url)
const streams = readdirSync(folder).filter((file) => file.endsWith('.sse'))
const dialectOf = (file: string): DialectId => file.split('__')[0] as DialectId
const rebuilt = (file: string, count = Number.MAX_SAFE_INTEGER): Answer =>
  new Rebuilder(dialectOf(file)).at(recordedLane(file, 0, 10), count)
const texts = (answer: Answer): string[] =>
  answer.parts.map(({ block }) => {
    if (block.kind === 'text' || block.kind === 'thinking' || block.kind === 'refusal') {
      return `${block.kind}: ${block.text}`
    }
    return block.kind === 'call' ? `${block.tool}(${block.input})` : block.kind
  })

describe('an answer as it stood after any of its events', () => {
  test.each(streams)('%s: every state is the same from the front, from the back and at random', (file) => {
    const events = recordedLane(file, 0, 10)
    const forward = new Rebuilder(dialectOf(file))
    const states = events.map((_, index) => forward.at(events, index + 1))
    const back = new Rebuilder(dialectOf(file))
    for (let count = events.length; count > 0; count -= 1) {
      expect(back.at(events, count)).toEqual(states[count - 1])
    }
    for (const count of [3, 1, events.length, 2]) {
      if (count <= events.length) expect(forward.at(events, count)).toEqual(states[count - 1])
    }
    expect(forward.at(events, 0).parts).toEqual([])
  })

  test.each(streams)('%s: text only grows while the stream goes on', (file) => {
    const events = recordedLane(file, 0, 10)
    const rebuilder = new Rebuilder(dialectOf(file))
    let before = ''
    for (let count = 1; count <= events.length; count += 1) {
      const now = texts(rebuilder.at(events, count))[0] ?? ''
      expect(now.startsWith(before.replace(/\)$/, ''))).toBe(true)
      before = now
    }
  })

  test('thinking of Messages has its signature, and every block is closed at the end', () => {
    const answer = rebuilt('messages__ai__anthropic-clear-thinking.1.sse')
    expect(answer.parts.map(({ block }) => block.kind)).toEqual(['thinking', 'text'])
    const [thinking] = answer.parts
    expect(thinking?.block).toMatchObject({ kind: 'thinking', hidden: false })
    expect(thinking?.block.kind === 'thinking' && thinking.block.sealed).toBeGreaterThan(50)
    expect(answer.parts.every((part) => !part.open)).toBe(true)
    expect(answer.finish).toBe('end_turn')
    expect(answer.usage).toMatchObject({ input: 69, output: 53 })
  })

  test('half of a tool call shows the arguments that have come', () => {
    const file = 'responses__ai__azure-reasoning-encrypted-content.1.sse'
    const events = recordedLane(file, 0, 10)
    const deltas = events.filter((event: LaneEvent) => event.raw.includes('function_call_arguments.delta'))
    const half = rebuilt(file, (deltas[3]?.index ?? 0) + 1)
    const call = half.parts.at(-1)
    expect(call).toMatchObject({ open: true, block: { kind: 'call' } })
    expect(call?.block.kind === 'call' && call.block.input).toMatch(/^\{"a":?/)
    const whole = rebuilt(file)
    expect(whole.parts.find(({ block }) => block.kind === 'call')?.block).toMatchObject({
      input: '{"a":12,"b":7,"op":"add"}',
      tool: 'calculator',
    })
    expect(whole.parts[0]?.block).toMatchObject({ kind: 'thinking', hidden: false })
    expect(whole.finish).toBe('completed')
  })

  test('parallel calls of Chat are kept apart', () => {
    const answer = rebuilt(
      'chat__openllmetry__test_functions__test_open_ai_function_calls_tools_streaming_parallel__0.sse',
    )
    expect(texts(answer)).toEqual([
      'get_current_weather({"location": "San Francisco"})',
      'get_current_weather({"location": "Boston"})',
    ])
    expect(answer.finish).toBe('tool_calls')
  })

  test('thinking of Chat stands before its text', () => {
    expect(rebuilt('chat__ai__moonshotai-stream.sse').parts.map(({ block }) => block.kind)).toEqual([
      'thinking',
      'text',
    ])
  })

  test('a custom tool has its free text, a hosted one is named', () => {
    expect(texts(rebuilt('responses__ai__openai-custom-tool.1.sse'))).toEqual([
      'write_sql(SELECT * FROM users WHERE age > 25)',
    ])
    const [search, results] = rebuilt('messages__ai__anthropic-web-search-tool.1.sse').parts
    expect(search?.block).toMatchObject({ kind: 'call', tool: 'web_search', hosted: true })
    expect(results?.block).toMatchObject({ kind: 'other', type: 'web_search_tool_result' })
  })

  test('an error in the stream is part of the answer', () => {
    expect(rebuilt('responses__ai__openai-error.1.sse').error).toMatch(/exceeded your current quota/)
  })

  test('what is no JSON, or no event, changes nothing', () => {
    const junk = [': comment', 'data: {', 'data: [1]', 'event: x', 'data: {"choices":7}'].map((raw, index) => ({
      index,
      atMs: index,
      raw,
    }))
    expect(new Rebuilder('chat').at(junk, 9).parts).toEqual([])
  })
})

describe('an answer in one piece', () => {
  const whole = (file: string): Answer | undefined =>
    wholeAnswer(dialectOf(file), readFileSync(new URL(file, folder), 'utf8'))

  test.each([
    ['responses__ai__azure-text.1.json', ['text: Word'], 'completed'],
    ['chat__openllmetry__test_chat_parse__test_parsed_refused_completion__0.json', [/^refusal: /], 'stop'],
  ])('%s', (file, parts, finish) => {
    const answer = whole(file)
    expect(answer && texts(answer)).toHaveLength(parts.length)
    for (const [index, part] of parts.entries()) expect(answer && texts(answer)[index]).toMatch(part)
    expect(answer?.finish).toBe(finish)
  })

  test('parallel calls, and thinking that cannot be read', () => {
    const calls = whole('messages__pydantic-ai__test_anthropic__test_multiple_parallel_tool_calls__0.json')
    expect(calls?.parts.filter(({ block }) => block.kind === 'call').length).toBeGreaterThan(1)
    const sealed = whole('messages__pydantic-ai__test_anthropic__test_anthropic_model_thinking_part_redacted__0.json')
    expect(sealed?.parts[0]?.block).toMatchObject({ kind: 'thinking', hidden: true })
  })

  test('a body that is no JSON is no answer', () => {
    expect(wholeAnswer('chat', '<html>')).toBeUndefined()
  })
})
