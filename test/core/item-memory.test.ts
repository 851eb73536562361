import { describe, expect, test } from 'vitest'
import type { HubRequest, Part } from '../../electron/core/hub.ts'
import { ItemMemory } from '../../electron/core/item-memory.ts'

const text: Part = { type: 'text', text: 'Remember me.' }

function referring(...ids: string[]): HubRequest {
  return {
    model: 'm',
    dialect: 'responses',
    turns: [
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        parts: ids.map((id) => ({ type: 'foreign', dialect: 'responses', raw: { type: 'item_reference', id } })),
      },
    ],
    tools: [],
    stream: false,
    includeUsage: true,
    extra: {},
  }
}

function filled(memory: ItemMemory, scope: string, ...ids: string[]): unknown[] {
  return memory.fill(scope, referring(...ids)).turns[1]?.parts.map((part) => part.type) ?? []
}

describe('items of answers', () => {
  test('take the place of references to them', () => {
    const memory = new ItemMemory({ now: () => 0 })
    memory.keep('a', 'msg_1', [text])
    expect(memory.fill('a', referring('msg_1')).turns[1]?.parts).toEqual([text])
  })

  test('are known to their own caller alone', () => {
    const memory = new ItemMemory({ now: () => 0 })
    memory.keep('a', 'msg_1', [text])
    expect(filled(memory, 'b', 'msg_1')).toEqual(['foreign'])
  })

  test('that are not known stay references', () => {
    const memory = new ItemMemory({ now: () => 0 })
    memory.keep('a', 'msg_1', [text])
    expect(filled(memory, 'a', 'msg_1', 'msg_2')).toEqual(['text', 'foreign'])
  })

  test('do not change when a request that they were put into does', () => {
    const memory = new ItemMemory({ now: () => 0 })
    memory.keep('a', 'msg_1', [{ ...text }])
    const part = memory.fill('a', referring('msg_1')).turns[1]?.parts[0]
    if (part?.type === 'text') part.text = 'Changed.'
    expect(memory.fill('a', referring('msg_1')).turns[1]?.parts).toEqual([text])
  })

  test('are forgotten in time, the oldest first when there are too many, and when they are too large', () => {
    let now = 0
    const memory = new ItemMemory({ now: () => now, maxItems: 2, maxAge: 10, maxSize: 200 })
    for (const id of ['1', '2']) memory.keep('a', id, [text])
    expect(filled(memory, 'a', '1')).toEqual(['text'])
    memory.keep('a', '3', [text])
    expect(filled(memory, 'a', '1', '2', '3')).toEqual(['text', 'foreign', 'text'])
    memory.keep('a', '4', [{ type: 'text', text: 'x'.repeat(300) }])
    expect(filled(memory, 'a', '4')).toEqual(['foreign'])
    memory.keep('a', '5', [{ type: 'text', text: 'x'.repeat(150) }])
    expect(filled(memory, 'a', '1', '3', '5')).toEqual(['foreign', 'foreign', 'text'])
    now = 11
    expect(filled(memory, 'a', '5')).toEqual(['foreign'])
  })
})
