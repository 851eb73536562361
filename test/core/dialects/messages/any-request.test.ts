import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import { LazuliError } from '../../../../electron/core/error.ts'
import type { HubRequest, Opaque, Part, Tool, ToolChoice, Turn } from '../../../../electron/core/hub.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'
import { brokenRules } from './check-request.ts'
import { adaptiveProfile, profileWith } from './support.ts'

const text = fc.oneof(
  fc.constantFrom('', ' ', '\n', 'Hello', 'Bonjour '),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const cache = fc.constantFrom(
  undefined,
  undefined,
  { type: 'ephemeral' },
  { type: 'ephemeral', ttl: '1h' },
  { mode: 'explicit' },
)
const names = fc.constantFrom('read', 'files.write', `mcp__${'x'.repeat(140)}`, 'read_file')
const ids = fc.constantFrom('a', 'b', 'functions.x:0', 'call_1', 'call_1', '')

type Mark = Record<string, unknown> | undefined

function toText({ text, mark }: { text: string; mark: Mark }): Part {
  return mark ? { type: 'text', text, cache: mark } : { type: 'text', text }
}
const textPart = fc.record({ text, mark: cache }).map(toText)
const mediaPart: fc.Arbitrary<Part> = fc.constantFrom<Part>(
  { type: 'image', media: { source: { type: 'url', url: 'data:image/png;base64,AAAA' } } },
  { type: 'image', media: { source: { type: 'url', url: 'https://example.test/a.png' } } },
  { type: 'file', media: { source: { type: 'data', data: 'JVBERi0=', mime: 'application/pdf' }, name: 'a.pdf' } },
)
function toReasoning(opaque: Opaque | undefined): Part {
  return { type: 'reasoning', text: ['Hm.'], kind: 'full', ...(opaque ? { opaque } : {}) }
}
const reasoningPart: fc.Arbitrary<Part> = fc
  .constantFrom(
    undefined,
    { maker: 'anthropic' as const, kind: 'signature' as const, value: 'sig' },
    { maker: 'anthropic' as const, kind: 'redacted' as const, value: 'data' },
    { maker: 'openai' as const, kind: 'encrypted' as const, value: 'blob' },
  )
  .map(toReasoning)
const callPart: fc.Arbitrary<Part> = fc
  .record({ id: ids, name: names, args: fc.constantFrom('', '{}', '{"path":"a"}') })
  .map(({ id, name, args }) => ({ type: 'call', id, name, arguments: args }))

interface ExchangeFields {
  said: Part[]
  calls: Part[]
  answers: Part[]
  one: boolean
  reverse: boolean
}

function toExchange({ said, calls, answers, one, reverse }: ExchangeFields): Turn[] {
  const results = calls.map((call): Part => ({ type: 'result', id: (call as { id: string }).id, parts: answers }))
  const ordered = reverse ? results.toReversed() : results
  const turns: Turn[] = [{ role: 'assistant', parts: [...said, ...calls] }]
  if (one) return [...turns, { role: 'tool', parts: ordered }]
  return [...turns, ...ordered.map((result): Turn => ({ role: 'tool', parts: [result] }))]
}

/** An assistant turn and the turns that answer its calls, in some order and arrangement. */
const exchange: fc.Arbitrary<Turn[]> = fc
  .record({
    said: fc.array(fc.oneof(textPart, reasoningPart), { maxLength: 2 }),
    calls: fc.array(callPart, { maxLength: 3 }),
    answers: fc.array(fc.oneof(textPart, mediaPart), { maxLength: 2 }),
    one: fc.boolean(),
    reverse: fc.boolean(),
  })
  .map(toExchange)
const userTurn: fc.Arbitrary<Turn> = fc
  .array(fc.oneof(textPart, mediaPart), { minLength: 1, maxLength: 3 })
  .map((parts) => ({ role: 'user', parts }))
const systemTurn: fc.Arbitrary<Turn> = textPart.map((part) => ({ role: 'system', parts: [part] }))
const turns = fc
  .array(
    fc.oneof(
      exchange,
      userTurn.map((turn) => [turn]),
      systemTurn.map((turn) => [turn]),
    ),
    { maxLength: 8 },
  )
  .map((groups) => groups.flat())

function toTool({ name, custom, mark }: { name: string; custom: boolean; mark: Mark }): Tool {
  if (custom) return { type: 'custom', name }
  const parameters = { properties: { path: { type: 'string' } } }
  return { type: 'function', name, parameters, strict: true, ...(mark ? { cache: mark } : {}) }
}
const tools: fc.Arbitrary<Tool[]> = fc.uniqueArray(
  fc.record({ name: names, custom: fc.boolean(), mark: cache }).map(toTool),
  { selector: (tool) => tool.name, maxLength: 3 },
)
const choices = fc.constantFrom<ToolChoice | undefined>(
  undefined,
  'auto',
  'none',
  'required',
  { name: 'read' },
  { allowed: ['read'], mode: 'required' },
)

function toRequest(fields: object): HubRequest {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { model: 'claude', stream: true, includeUsage: true, extra: {}, ...Object.fromEntries(given) } as HubRequest
}

const requests: fc.Arbitrary<HubRequest> = fc
  .record(
    {
      turns,
      tools,
      dialect: fc.constantFrom('chat' as const, 'responses' as const),
      toolChoice: choices,
      parallelTools: fc.boolean(),
      format: fc.constantFrom<HubRequest['format']>(
        undefined,
        { kind: 'json' },
        {
          kind: 'schema',
          name: 'reply to',
          schema: { type: 'object', properties: { a: { type: 'number', minimum: 1 } } },
        },
      ),
      effort: fc.constantFrom('none' as const, 'minimal' as const, 'low' as const, 'high' as const, 'max' as const),
      maxTokens: fc.constantFrom(1, 1500, 4096, 20_000, 900_000),
      temperature: fc.constantFrom(0, 0.7, 1, 1.8),
      topP: fc.constantFrom(0.5, 0.97, 1),
      topK: fc.constantFrom(5),
      stop: fc.constantFrom(['END'], [' '], ['\n\n', 'x']),
      seed: fc.constant(1),
      user: fc.constant('someone'),
    },
    { requiredKeys: ['turns', 'tools', 'dialect'] },
  )
  .map(toRequest)

const profiles = fc.constantFrom(
  profileWith(),
  adaptiveProfile,
  profileWith({ structuredOutput: false, outputCap: 4096, thinking: 'none' }),
  profileWith({ ...adaptiveProfile, thinkingOptional: false, midConversationSystem: true }),
  ...[
    'claude-sonnet-4-5',
    'claude-opus-4-1',
    'claude-opus-4-6',
    'claude-opus-4-7',
    'claude-opus-5',
    'claude-something-new',
  ].map(profileOf),
)

test('whatever is asked, the request keeps all rules of the API or is refused with a reason', () => {
  let encoded = 0
  fc.assert(
    fc.property(requests, profiles, fc.boolean(), (request, profile, stream) => {
      const before = structuredClone(request)
      try {
        const { body } = messages.encodeRequest(request, { deployment: 'claude', profile, stream })
        encoded += 1
        expect(brokenRules(body, profile)).toEqual([])
        expect(JSON.parse(JSON.stringify(body))).toEqual(body)
      } catch (error) {
        if (!(error instanceof LazuliError)) throw error
        expect(error.status).toBe(400)
        expect(error.param).toBeTruthy()
      }
      expect(request).toEqual(before)
    }),
    { numRuns: 1500 },
  )
  expect(encoded).toBeGreaterThan(500)
})

function toBody(fields: object): unknown {
  return { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'x' }], ...fields }
}

test('no body makes the decoder fail with anything but a 400 that names the field', () => {
  const names = fc.constantFrom(
    'model',
    'messages',
    'max_tokens',
    'system',
    'tools',
    'thinking',
    'tool_choice',
    'output_config',
  )
  const bodies = fc.oneof(
    fc.anything(),
    fc.dictionary(names, fc.anything()).map(toBody),
    fc.array(fc.anything()).map((content) => ({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content }] })),
    fc
      .array(
        fc.record({ type: fc.constantFrom('text', 'tool_use', 'thinking', 'tool_result', 'image'), id: fc.anything() }),
      )
      .map((content) => ({ model: 'm', max_tokens: 5, messages: [{ role: 'assistant', content }] })),
  )
  fc.assert(
    fc.property(bodies, (body) => {
      try {
        messages.decodeRequest(body)
      } catch (error) {
        if (!(error instanceof LazuliError)) throw error
        expect(error.status).toBe(400)
        expect(error.param).toBeTruthy()
      }
    }),
    { numRuns: 1000 },
  )
})
