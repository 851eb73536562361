import { describe, expect, test } from 'vitest'
import type { AnswerTurn } from '../../../shared/playground.ts'
import { groupsOf } from '../../../renderer/pages/playground/chat-groups.ts'
import { nameError, parseSchema, SAMPLE_FORMAT, SAMPLE_TOOL } from '../../../renderer/pages/playground/definitions.ts'
import { figuresOf } from '../../../renderer/pages/playground/figures.ts'
import { closedMarkdown, openFence } from '../../../renderer/pages/playground/markdown-blocks.ts'
import { shortTitle } from '../../../renderer/pages/playground/session.ts'
import { fitted, takenBy } from '../../../renderer/pages/playground/taken.ts'
import { fillAnswer } from '../../../renderer/pages/playground/tool-answer.ts'
import { fillVariables, variablesIn } from '../../../renderer/pages/playground/variables.ts'
import { choices } from '../scripted-scene.ts'
import { optionsFor } from '../scripted-playground.ts'

const knownOf = (model: string) => ({
  choice: choices.find((one) => one.name === model),
  options: optionsFor(model),
})

describe('variables', () => {
  test('each name is found once, in its order; what is no name stays text', () => {
    expect(variablesIn('{{b}} {{ a }} {{b}}', '{{größe_1}} {{1x}} {{}} {x} {{a b}}')).toEqual(['b', 'a', 'größe_1'])
  })
  test('values are put in as they are; a name without a value stays', () => {
    expect(fillVariables('{{a}}, {{ b }}, {{toString}}', { a: '$& {{b}}', b: '' })).toBe('$& {{b}}, , {{toString}}')
  })
})

describe('the answer of a tool', () => {
  test('in JSON a place alone is the value itself, in a text it is written out', () => {
    const given = '{"city":"Lis\\"bon","days":[1,2],"deep":{"x":{"y":true}}}'
    expect(fillAnswer('{"c":"{{city}}","d":"{{days}}","all":"in {{city}}: {{days.1}}"}', given).text).toBe(
      '{"c":"Lis\\"bon","d":[1,2],"all":"in Lis\\"bon: 2"}',
    )
    expect(fillAnswer('{{city}} is {{deep.x.y}}, {{deep}}', given).text).toBe('Lis"bon is true, {"x":{"y":true}}')
    expect(fillAnswer('"{{arguments}}"', '{"a":1}').text).toBe('"{"a":1}"')
  })
  test('what the call does not have is named, and broken arguments are none', () => {
    expect(fillAnswer('{{nope}}!', '{"a":1}')).toEqual({ text: '!', missing: ['nope'] })
    expect(fillAnswer('{"a":"{{a}}"}', '{"a":')).toEqual({ text: '{"a":null}', missing: ['a'] })
    expect(fillAnswer('{{constructor}}', '{}').missing).toEqual(['constructor'])
  })
})

describe('what a deployment takes', () => {
  test('a thinking GPT in Responses takes effort and verbosity; sampling only with effort none', () => {
    const taken = takenBy(knownOf('gpt-5.1'), {})
    expect(taken).toMatchObject({
      dialect: 'responses',
      effort: { yes: true },
      verbosity: { yes: true },
      temperature: { yes: false },
      seed: { yes: false, why: 'Responses has no seed' },
      stop: { yes: false },
      thinkingBudget: { yes: false },
    })
    expect(takenBy(knownOf('gpt-5.1'), { effort: 'none' }).temperature).toEqual({ yes: true, max: 2 })
  })
  test('a Claude takes a budget, and no temperature while it thinks', () => {
    const known = knownOf('claude-sonnet-4-5')
    expect(takenBy(known, {})).toMatchObject({ thinkingBudget: { yes: true }, temperature: { yes: true, max: 1 } })
    expect(takenBy(known, { effort: 'low' }).temperature).toMatchObject({ yes: false })
    expect(takenBy(known, { temperature: 0.3 }).topP).toMatchObject({ yes: false })
  })
  test('values that are not taken are kept back, a limit is cut to the most there is', () => {
    const known = knownOf('claude-sonnet-4-5')
    const values = {
      temperature: 1.7,
      maxTokens: 1_000_000,
      seed: 1,
      stop: [],
      effort: 'xhigh',
      verbosity: 'low',
    } as const
    const set = { ...values, stop: [...values.stop], dialect: 'responses' as const }
    expect(fitted(set, takenBy(known, {}))).toEqual({ maxTokens: 64_000, effort: 'xhigh' })
  })
  test('of a name of which nothing is known everything is offered', () => {
    expect(takenBy({}, {})).toMatchObject({ dialect: 'chat', temperature: { yes: true }, tools: { yes: true } })
  })
})

describe('definitions', () => {
  test('the samples are whole', () => {
    expect(parseSchema(SAMPLE_TOOL.parameters).error).toBeUndefined()
    expect(parseSchema(SAMPLE_FORMAT.schema).error).toBeUndefined()
  })
  test('what is wrong is said with its line or its place', () => {
    expect(parseSchema('{\n  "type": "object",\n  oops\n}').error).toMatch(/no JSON: .*line 3/)
    expect(parseSchema('{"type":"object","properties":{"a":{"type":"int"}}}').error).toMatch(/^\$\.properties\.a\.type/)
    expect(parseSchema('[]').error).toBeDefined()
    expect(parseSchema('{"type":"array"}').error).toMatch(/object/)
    expect(nameError('a b', [])).toBeDefined()
    expect(nameError('a', ['a'])).toMatch(/Another/)
  })
})

describe('figures', () => {
  const turn: AnswerTurn = {
    id: 'a',
    at: 1_000,
    role: 'assistant',
    model: 'm',
    servedBy: '',
    state: 'streaming',
    text: 'x'.repeat(400),
    reasoning: '',
    refusal: '',
    calls: [],
    firstAt: 1_500,
    rates: { input: 1, output: 10 },
    contextWindow: 10_000,
  }
  test('while an answer is written they are estimates', () => {
    expect(figuresOf(turn, 3_500)).toEqual({
      ttftMs: 500,
      durationMs: 2_500,
      output: 100,
      tokensPerSecond: 50,
      cost: 0.001,
      estimated: true,
    })
  })
  test('when it is complete they are the upstream’s; what has no price is unpriced', () => {
    const usage = { input: 400, output: 100, cached: 50, reasoning: 20 }
    const figures = { finish: 'stop', usage, ttftMs: 500, durationMs: 1_500, losses: [] }
    expect(figuresOf({ ...turn, state: 'done', figures }, 0)).toMatchObject({
      ...usage,
      tokensPerSecond: 100,
      context: 0.05,
      cost: 'unpriced',
    })
    expect(figuresOf({ ...turn, state: 'done', figures: { ...figures, cost: 0.2 } }, 0).cost).toBe(0.2)
  })
})

describe('a text that is still written', () => {
  test.each([
    ['a **bold', 'a **bold**'],
    ['a **', 'a '],
    ['a `co', 'a `co`'],
    ['see [the docs](https://exa', 'see the docs'],
    ['see [the do', 'see the do'],
    ['![pic](data:image/png;base64,AAAA', 'pic'],
    ['whole **bold** and `code`', 'whole **bold** and `code`'],
    ['one **bold**\n\ntwo **bo', 'one **bold**\n\ntwo **bo**'],
  ])('%j is shown as %j', (text, shown) => {
    expect(closedMarkdown(text)).toBe(shown)
  })
  test('code without its end is found with its language', () => {
    expect(openFence('text\n\n```ts title="x"\nconst a = `b`\n')).toEqual({
      before: 'text\n',
      language: 'ts',
      code: 'const a = `b`\n',
    })
    expect(openFence('```\na\n```')).toBeUndefined()
    expect(openFence('~~~\n```\nx')).toMatchObject({ code: '```\nx' })
  })
})

describe('the list of chats', () => {
  test('a title is the first line, without marks, cut at a word', () => {
    expect(shortTitle('# **Why** does `x` fail?')).toBe('Why does x fail?')
    expect(shortTitle('call get_weather')).toBe('call get_weather')
    expect(shortTitle('word '.repeat(30))).toMatch(/^(word ){11}word…$/)
    expect(shortTitle('***')).toBe('Untitled')
  })
  test('chats stand under the day on which they were last used', () => {
    const now = new Date(2026, 10, 21, 16, 0).getTime()
    const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime()
    const chats = [at(21, 9), at(20, 23), at(16, 1), at(1, 1)].map((updatedAt, index) => ({
      id: String(index),
      title: '',
      updatedAt,
      models: [],
    }))
    expect(groupsOf(chats.toReversed(), now).map(({ title, chats: of }) => [title, of.map(({ id }) => id)])).toEqual([
      ['Today', ['0']],
      ['Yesterday', ['1']],
      ['Last 7 days', ['2']],
      ['Older', ['3']],
    ])
  })
})
