import { describe, expect, test } from 'vitest'
import type { FunctionTool, Part, Tool } from '../../../../electron/core/hub.ts'
import { assistant, call, encode, profileWith, refusal, result, tool, userTurn } from './support.ts'

const readTool: FunctionTool = { type: 'function', name: 'read', parameters: { type: 'object', properties: {} } }

describe('tools', () => {
  test('a schema gets the type that Messages insists on; strict goes where it is known', () => {
    const tools: Tool[] = [
      { type: 'function', name: 'a', strict: true },
      { type: 'function', name: 'b', parameters: { properties: {} }, strict: false },
    ]
    expect(encode({ tools }).body['tools']).toEqual([
      { name: 'a', input_schema: { type: 'object', properties: {}, additionalProperties: false }, strict: true },
      { name: 'b', input_schema: { type: 'object', properties: {} } },
    ])
    expect(encode({ tools }, profileWith({ structuredOutput: false })).losses).toMatchObject([{ path: 'tools.strict' }])
  })

  test('what is guaranteed keeps within what Claude can guarantee', () => {
    const parameters = { type: 'object', properties: { path: { type: 'string', minLength: 1 } } }
    const tools: Tool[] = [{ type: 'function', name: 'a', strict: true, parameters }]
    const { body, losses } = encode({ tools })
    expect(JSON.stringify(body['tools'])).not.toContain('"minLength"')
    expect(losses).toMatchObject([{ path: 'tools.parameters', kind: 'degraded' }])
    const own = encode({ tools, dialect: 'messages' })
    expect(JSON.stringify(own.body['tools'])).toContain('"minLength"')
  })

  test('custom tools take one string; their grammar is dropped, their history wrapped', () => {
    const tools: Tool[] = [
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
    ]
    const past: Part = { type: 'call', id: 'a', name: 'patch', arguments: '*** Begin', custom: true }
    const { body, undo, losses } = encode({ tools, turns: [userTurn('Go'), assistant(past), tool(result('a'))] })
    expect(body['tools']).toMatchObject([{ name: 'patch', input_schema: { required: ['input'] } }])
    expect(JSON.stringify(body['messages'])).toContain('"input":{"input":"*** Begin"}')
    expect([...undo.wrappedCustomTools]).toEqual(['patch'])
    expect(losses).toMatchObject([{ path: 'tools.format', kind: 'dropped' }])
  })

  test('long names and namespaces are mapped in tools, choice and history, and the way back is told', () => {
    const name = 'n'.repeat(200)
    const tools: Tool[] = [
      { type: 'function', name },
      { type: 'function', name: 'find', namespace: 'docs' },
    ]
    const { body, undo } = encode({
      tools,
      toolChoice: { name },
      turns: [userTurn('Go'), assistant(call('a', '{}', name)), tool(result('a'))],
    })
    const sent = (body['tools'] as { name: string }[]).map((encoded) => encoded.name)
    expect(sent[0]).toHaveLength(128)
    expect(sent[1]).toBe('docs__find')
    expect(body['tool_choice']).toEqual({ type: 'tool', name: sent[0] })
    expect(JSON.stringify(body['messages'])).toContain(sent[0])
    expect(undo.toolNames.get(sent[0] ?? '')).toBe(name)
    expect(undo.namespaces.get('docs__find')).toBe('docs')
  })

  test.each([
    ['auto', undefined, { type: 'auto' }],
    ['none', undefined, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    [{ name: 'read' }, undefined, { type: 'tool', name: 'read' }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    ['none', false, { type: 'none' }],
    [undefined, true, undefined],
  ] as const)('choice %j, parallel %j', (toolChoice, parallelTools, expected) => {
    const fields = { ...(toolChoice ? { toolChoice } : {}), ...(parallelTools === undefined ? {} : { parallelTools }) }
    expect(encode({ tools: [readTool], ...fields }).body['tool_choice']).toEqual(expected)
  })

  test('a list of allowed tools leaves the others out', () => {
    const { body, losses } = encode({
      tools: [readTool, { ...readTool, name: 'write' }],
      toolChoice: { allowed: ['write'], mode: 'required' },
    })
    expect(body).toMatchObject({ tools: [{ name: 'write' }], tool_choice: { type: 'any' } })
    expect(losses).toMatchObject([{ path: 'tool_choice', kind: 'degraded' }])
  })

  test('without tools there is no choice', () => {
    expect(encode({ toolChoice: 'required', parallelTools: false }).body).not.toHaveProperty('tool_choice')
  })

  test('a hosted tool of another API is refused, and a choice of a tool that is not there', () => {
    const hosted: Tool = { type: 'hosted', name: 'web_search', dialect: 'responses', raw: { type: 'web_search' } }
    expect(() => encode({ tools: [readTool, hosted] })).toThrow(refusal('tools[1]'))
    expect(() => encode({ tools: [readTool], toolChoice: { name: 'gone' } })).toThrow(
      refusal('tool_choice', 'proxy_invalid_request'),
    )
  })
})

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: { age: { type: 'integer', minimum: 0, description: 'Years.' } },
    required: ['age'],
  }
  const format = { kind: 'schema', name: 'person', schema, strict: true } as const

  test('is native where the model has it, in a form that it takes', () => {
    const { body, losses, undo } = encode({ format })
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { age: { type: 'integer', description: 'Years. (minimum: 0)' } },
          required: ['age'],
          additionalProperties: false,
        },
      },
    })
    expect(losses).toMatchObject([{ path: 'response_format', kind: 'degraded' }])
    expect(undo.formatTool).toBeUndefined()
    expect(schema.properties.age.minimum).toBe(0)
  })

  test('is a forced tool elsewhere, one among others beside tools', () => {
    const old = profileWith({ structuredOutput: false })
    const alone = encode({ format }, old)
    expect(alone.body).toMatchObject({
      tools: [{ name: 'person', input_schema: schema }],
      tool_choice: { type: 'tool', name: 'person' },
    })
    expect(alone.undo.formatTool).toBe('person')
    expect(encode({ format, tools: [readTool] }, old).body).toMatchObject({
      tools: [{ name: 'read' }, { name: 'person' }],
      tool_choice: { type: 'any' },
    })
  })

  test('JSON without a schema is asked for in words', () => {
    const { body, losses } = encode({ format: { kind: 'json' } })
    expect(body['system']).toEqual([{ type: 'text', text: 'Respond with a single JSON object only.' }])
    expect(losses).toMatchObject([{ path: 'response_format', kind: 'degraded' }])
  })
})
