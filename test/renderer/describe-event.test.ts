import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { LaneEvent } from '../../shared/exchange.ts'
import { describeEvent } from '../../renderer/pages/traffic/describe-event.ts'
import { recordedLane } from './scripted-scene.ts'

const streams = readdirSync(new URL('../fixtures/', import.meta.url)).filter((file) => file.endsWith('.sse'))
const event = (raw: string, name?: string): LaneEvent => ({
  index: 0,
  atMs: 0,
  raw,
  ...(name === undefined ? {} : { name }),
})

describe('what an event is, in a word', () => {
  test.each(streams)('every event of %s has a name, a kind and its data', (file) => {
    for (const one of recordedLane(file, 0, 1)) {
      const look = describeEvent(one)
      expect(look.name).not.toBe('')
      expect(['control', 'thinking', 'text', 'tool', 'error']).toContain(look.kind)
      expect(look.preview.length).toBeLessThan(170)
      if (one.raw.includes('data:')) expect(one.raw.replace(/\r/g, '')).toContain(look.data.split('\n')[0])
    }
  })

  test('thinking, text and signatures of Messages are told apart', () => {
    const looks = recordedLane('messages__ai__anthropic-clear-thinking.1.sse', 0, 1).map(describeEvent)
    expect(looks.some((look) => look.kind === 'thinking' && look.preview.startsWith('“'))).toBe(true)
    expect(looks.some((look) => look.preview === 'signature')).toBe(true)
    expect(looks.some((look) => look.kind === 'text')).toBe(true)
    expect(looks.at(-1)?.name).toBe('message_stop')
  })

  test('chunks of Chat are told apart by their delta', () => {
    const look = (delta: object, more: object = {}) =>
      describeEvent(event(`data: ${JSON.stringify({ choices: [{ delta, ...more }] })}`))
    expect(look({ content: ' hi' })).toMatchObject({ kind: 'text', preview: '“ hi”' })
    expect(look({ reasoning_content: 'hm' })).toMatchObject({ kind: 'thinking' })
    expect(look({ tool_calls: [{ function: { name: 'get_weather' } }] })).toMatchObject({
      kind: 'tool',
      preview: 'get_weather',
    })
    expect(look({}, { finish_reason: 'stop' })).toMatchObject({ kind: 'control', preview: 'finish stop' })
    expect(describeEvent(event('data: [DONE]')).name).toBe('[DONE]')
  })

  test('errors are errors in all three APIs', () => {
    expect(describeEvent(event('data: {"error":{"message":"no"}}'))).toMatchObject({ kind: 'error', preview: 'no' })
    expect(describeEvent(event('event: error\ndata: {"type":"error","error":{"message":"no"}}', 'error')).kind).toBe(
      'error',
    )
    expect(
      describeEvent(event('data: {"type":"response.failed","response":{"error":{"message":"no"}}}')),
    ).toMatchObject({
      name: 'failed',
      kind: 'error',
      preview: 'no',
    })
  })

  test('a slice of a body and a comment are shown as they are', () => {
    expect(describeEvent(event('{"id":1}'))).toMatchObject({ name: 'body', preview: '{"id":1}' })
    expect(describeEvent(event(': heartbeat'))).toMatchObject({ name: 'comment' })
    expect(describeEvent(event('data: not json'))).toMatchObject({ name: 'data', data: 'not json' })
  })
})
