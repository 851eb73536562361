import { expect, test } from 'vitest'
import type { HubEvent, HubRequest, Part, ReasoningPart, Turn } from '../../electron/core/hub.ts'
import { ReasoningMemory } from '../../electron/core/reasoning-memory.ts'

const thought: ReasoningPart = {
  type: 'reasoning',
  text: ['Let me look.'],
  kind: 'full',
  opaque: { maker: 'anthropic', kind: 'signature', value: 'sig' },
}
const call = (id: string): Part => ({ type: 'call', id, name: 'look', arguments: '{}' })
const said = (text: string): Part => ({ type: 'text', text })

/** The events of an answer with these parts. */
function answer(...parts: Part[]): HubEvent[] {
  return parts.flatMap((part, index): HubEvent[] => {
    const events: HubEvent[] = [
      { type: 'open', part: index, kind: part.type, ...(part.type === 'call' ? { id: part.id, name: part.name } : {}) },
    ]
    if (part.type === 'text') events.push({ type: 'delta', part: index, text: part.text })
    if (part.type === 'reasoning') {
      for (const text of part.text) events.push({ type: 'delta', part: index, text })
      if (part.opaque) events.push({ type: 'opaque', part: index, opaque: part.opaque })
    }
    return events
  })
}

function requestWith(...parts: Part[]): HubRequest {
  const turns: Turn[] = [
    { role: 'user', parts: [said('Hello')] },
    { role: 'assistant', parts },
  ]
  return { model: 'claude', dialect: 'chat', turns, tools: [], stream: true, includeUsage: true, extra: {} }
}

const assistantParts = (request: HubRequest): Part[] => request.turns[1]?.parts ?? []

test('the reasoning before tool calls comes back to a client that sends the calls alone', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  memory.remember('key', 'claude', answer(thought, said('One moment.'), call('a'), call('b')))
  const request = requestWith(call('b'), call('a'))
  expect(assistantParts(memory.fill('key', request))).toEqual([thought, call('b'), call('a')])
  expect(assistantParts(request)).toHaveLength(2)
})

test('a turn without calls is known by its text', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  memory.remember('key', 'claude', answer(thought, said('The answer '), said('is 42.')))
  expect(assistantParts(memory.fill('key', requestWith(said('The answer is 42.'))))[0]).toEqual(thought)
  expect(assistantParts(memory.fill('key', requestWith(said('The answer is 43.'))))).toHaveLength(1)
})

test('plain reasoning text that came back gives way to the sealed one', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  memory.remember('key', 'claude', answer(thought, call('a')))
  const plain: ReasoningPart = { type: 'reasoning', text: ['Let me look.'], kind: 'full' }
  expect(assistantParts(memory.fill('key', requestWith(plain, call('a'))))).toEqual([thought, call('a')])
})

test('sealed reasoning of the client is left alone', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  memory.remember('key', 'claude', answer(thought, call('a')))
  const own: ReasoningPart = { ...thought, opaque: { maker: 'anthropic', kind: 'signature', value: 'own' } }
  const request = requestWith(own, call('a'))
  expect(memory.fill('key', request)).toBe(request)
})

test('neither another caller nor another model gets it', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  memory.remember('key', 'claude', answer(thought, call('a')))
  const request = requestWith(call('a'))
  expect(memory.fill('other', request)).toBe(request)
  const elsewhere = { ...request, model: 'gpt' }
  expect(memory.fill('key', elsewhere)).toBe(elsewhere)
})

test('it is forgotten after an hour', () => {
  let time = 0
  const memory = new ReasoningMemory({ now: () => time })
  memory.remember('key', 'claude', answer(thought, call('a')))
  time = 3_600_000
  expect(assistantParts(memory.fill('key', requestWith(call('a'))))).toHaveLength(2)
  time = 3_600_001
  expect(assistantParts(memory.fill('key', requestWith(call('a'))))).toHaveLength(1)
})

test('the least recently used turn goes first', () => {
  const memory = new ReasoningMemory({ now: () => 0, maxTurns: 2 })
  memory.remember('key', 'claude', answer(thought, call('a')))
  memory.remember('key', 'claude', answer(thought, call('b')))
  memory.fill('key', requestWith(call('a')))
  memory.remember('key', 'claude', answer(thought, call('c')))
  const isKnown = (id: string): boolean => assistantParts(memory.fill('key', requestWith(call(id)))).length === 2
  expect(['a', 'b', 'c'].filter(isKnown)).toEqual(['a', 'c'])
})

test('its size is bounded', () => {
  const memory = new ReasoningMemory({ now: () => 0, maxSize: 40 })
  for (const id of ['a', 'b', 'c']) memory.remember('key', 'claude', answer(thought, call(id)))
  const isKnown = (id: string): boolean => assistantParts(memory.fill('key', requestWith(call(id)))).length === 2
  expect(['a', 'b', 'c'].filter(isKnown)).toEqual(['b', 'c'])
})

test('an id that Chat had to shorten is recognised', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  const long = 'call_'.repeat(12)
  memory.remember('key', 'claude', answer(thought, call(long)))
  expect(assistantParts(memory.fill('key', requestWith(call(long))))).toHaveLength(2)
})

test('reasoning without a seal is not worth keeping', () => {
  const memory = new ReasoningMemory({ now: () => 0 })
  memory.remember('key', 'claude', answer({ type: 'reasoning', text: ['…'], kind: 'full' }, call('a')))
  const request = requestWith(call('a'))
  expect(memory.fill('key', request)).toBe(request)
})
