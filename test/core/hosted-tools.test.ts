import { describe, expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import { withoutHostedTools } from '../../electron/core/hosted-tools.ts'
import type { HostedToolPolicy } from '../../electron/core/hosted-tools.ts'
import type { HubRequest, Tool, ToolChoice } from '../../electron/core/hub.ts'

const SHELL: Tool = { type: 'function', name: 'shell' }
const SEARCH: Tool = { type: 'hosted', name: 'web_search', dialect: 'responses', raw: { type: 'web_search' } }
const SERVER_SEARCH: Tool = {
  type: 'hosted',
  name: 'web_search',
  dialect: 'messages',
  raw: { type: 'web_search_20250305', name: 'web_search' },
}

function asking(tools: Tool[], toolChoice?: ToolChoice): HubRequest {
  return {
    model: 'm',
    dialect: 'responses',
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    stream: false,
    includeUsage: true,
    extra: {},
  }
}

function outcome(request: HubRequest, policy: HostedToolPolicy = 'auto'): unknown {
  try {
    const { request: left, losses } = withoutHostedTools(request, 'messages', policy)
    return {
      tools: left.tools.map(({ name }) => name),
      choice: left.toolChoice,
      lost: losses.map(({ kind, path }) => `${kind} ${path}`),
    }
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    return { refused: error.param, status: error.status, code: error.code, fix: error.fix }
  }
}

const REFUSED = {
  status: 400,
  code: 'unsupported_by_upstream',
  fix: 'Leave it out, ask a model that has it, or set translation.hosted_tools to drop.',
}

describe('a hosted tool that the upstream’s API does not have', () => {
  test('is left out and declared beside client tools, as coding agents send it', () => {
    expect(outcome(asking([SHELL, SEARCH], 'auto'))).toEqual({
      tools: ['shell'],
      choice: 'auto',
      lost: ['dropped tools[1]'],
    })
  })

  test('is left out where any tool must be called and others can be', () => {
    expect(outcome(asking([SEARCH, SHELL], 'required'))).toMatchObject({ tools: ['shell'], choice: 'required' })
  })

  test('is refused where it is the only tool', () => {
    expect(outcome(asking([SEARCH]))).toEqual({ refused: 'tools[0]', ...REFUSED })
  })

  test('is left out as the only tool when nothing may be called', () => {
    expect(outcome(asking([SEARCH], 'none'))).toEqual({
      tools: [],
      choice: undefined,
      lost: ['dropped tools[0]'],
    })
  })

  test.each<[string, ToolChoice]>([
    ['by name', { name: 'web_search' }],
    ['as the only allowed one', { mode: 'required', allowed: ['web_search'] }],
  ])('is refused where the tool choice forces it %s', (_how, choice) => {
    expect(outcome(asking([SHELL, SEARCH], choice))).toEqual({ refused: 'tools[1]', ...REFUSED })
  })

  test('is known by its type, too', () => {
    const search: Tool = { type: 'hosted', name: 'search', dialect: 'responses', raw: { type: 'web_search' } }
    expect(outcome(asking([SHELL, search], { name: 'web_search' }))).toMatchObject({ refused: 'tools[1]' })
  })

  test('leaves a list of allowed tools without it', () => {
    const choice: ToolChoice = { mode: 'required', allowed: ['shell', 'web_search'] }
    expect(outcome(asking([SHELL, SEARCH], choice))).toMatchObject({
      tools: ['shell'],
      choice: { mode: 'required', allowed: ['shell'] },
    })
    expect(outcome(asking([SHELL, SEARCH], { mode: 'auto', allowed: ['web_search'] }))).toMatchObject({
      choice: 'none',
    })
  })

  test('does not stand in the way of a client tool of the same name', () => {
    const own: Tool = { type: 'function', name: 'web_search' }
    expect(outcome(asking([own, SEARCH], { name: 'web_search' }))).toMatchObject({
      tools: ['web_search'],
      choice: { name: 'web_search' },
    })
  })

  test('is named by its path in the client’s request where that is not its index', () => {
    const nested: Tool = { ...SEARCH, path: 'input[0].tools[3]' }
    expect(outcome(asking([SHELL, nested]))).toMatchObject({ lost: ['dropped input[0].tools[3]'] })
  })
})

describe('the policy', () => {
  test('refuse never leaves one out', () => {
    expect(outcome(asking([SHELL, SEARCH]), 'refuse')).toEqual({ refused: 'tools[1]', ...REFUSED })
  })

  test('drop always does, with the choice that asked for it', () => {
    expect(outcome(asking([SHELL, SEARCH], { name: 'web_search' }), 'drop')).toEqual({
      tools: ['shell'],
      choice: undefined,
      lost: ['dropped tools[1]', 'dropped tool_choice'],
    })
    expect(outcome(asking([SEARCH], 'required'), 'drop')).toMatchObject({ tools: [], choice: undefined })
  })
})

test('a hosted tool of the upstream’s own API stays', () => {
  const request = asking([SHELL, SERVER_SEARCH])
  expect(withoutHostedTools(request, 'messages', 'refuse')).toEqual({ request, losses: [] })
})
