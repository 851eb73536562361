import { describe, expect, test } from 'vitest'
import type { AnswerTurn, PlaygroundEvent, ToolDefinition } from '../../../shared/playground.ts'
import { SAMPLE_TOOL } from '../../../renderer/pages/playground/definitions.ts'
import { siblingsOf } from '../../../renderer/pages/playground/turn-tree.ts'
import { chatWith, END, hello } from './chat-for-tests.ts'

/** Stays silent until it is stopped. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}

describe('the conversation', () => {
  test('an answer has its text, its thinking, its figures and its exchange', async () => {
    const { chat, sent, say, settled } = chatWith(hello)
    say(' Hi ')
    const answer = await settled()
    expect(answer).toMatchObject({ state: 'done', text: 'Hello', reasoning: 'hm', exchange: 'ex_1', model: 'gpt-5.1' })
    expect(answer.figures).toMatchObject({ ttftMs: 5, usage: { output: 2 } })
    expect(sent).toEqual([{ model: 'gpt-5.1', turns: [{ role: 'user', text: 'Hi', attachments: [] }] }])
    expect(chat.getState().session.draft).toBe('')
  })

  test('what was said before goes along, parameters only where the deployment takes them', async () => {
    const { chat, sent, say, settled } = chatWith(hello)
    say('one')
    await settled()
    const [lane] = chat.getState().session.head.lanes
    chat.getState().setSettings({ system: 'be brief' })
    chat.getState().setLane(lane!.id, { parameters: { temperature: 0.5, maxTokens: 9, effort: 'low', seed: 4 } })
    say('two')
    await settled()
    expect(sent[1]).toEqual({
      model: 'gpt-5.1',
      system: 'be brief',
      effort: 'low',
      maxTokens: 9,
      turns: [
        { role: 'user', text: 'one', attachments: [] },
        { role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] },
        { role: 'user', text: 'two', attachments: [] },
      ],
    })
    chat.getState().setLane(lane!.id, { model: 'gpt-4.1-mini' })
    say('three')
    await settled()
    expect(sent[2]).toMatchObject({ model: 'gpt-4.1-mini', temperature: 0.5, maxTokens: 9, seed: 4 })
    expect(sent[2]).not.toHaveProperty('effort')
  })

  test('variables are filled in when it is sent, and stay in what was written', async () => {
    const { chat, sent, say, settled, path } = chatWith(hello)
    chat.getState().setSettings({ system: 'Speak {{ language }}.', variables: { language: 'Portuguese' } })
    say('Hello in {{language}}, {{unknown}}')
    await settled()
    expect(sent[0]).toMatchObject({
      system: 'Speak Portuguese.',
      turns: [{ text: 'Hello in Portuguese, {{unknown}}' }],
    })
    expect(path()[0]).toMatchObject({ text: 'Hello in {{language}}, {{unknown}}' })
  })

  test('stopping keeps what had arrived, and another answer stands beside it', async () => {
    let round = 0
    const { chat, sent, say, settled, path, when } = chatWith(async function* (_request, signal) {
      round += 1
      yield { type: 'delta', kind: 'text', text: `part ${round}` }
      if (round === 1) await stopped(signal)
      yield END
    })
    say('Hi')
    await when(() => path().some((turn) => turn.role === 'assistant' && turn.text === 'part 1'))
    chat.getState().stop()
    const first = await settled()
    expect(first).toMatchObject({ state: 'stopped', text: 'part 1' })
    const [lane] = chat.getState().session.head.lanes
    chat.getState().regenerate(lane!.id, first)
    expect(await settled()).toMatchObject({ state: 'done', text: 'part 2' })
    expect(sent[1]?.turns).toEqual([{ role: 'user', text: 'Hi', attachments: [] }])
    expect(siblingsOf(chat.getState().session.turns, path()[1]!)).toHaveLength(2)
    chat.getState().switchTo(lane!.id, first.id)
    expect(path().at(-1)).toMatchObject({ text: 'part 1' })
  })

  test('an edited question is a branch: the first one keeps its answers', async () => {
    const { chat, say, settled, path, sent } = chatWith(hello)
    say('one')
    await settled()
    say('two')
    await settled()
    const [question] = path()
    if (question?.role !== 'user') throw new Error('the path begins with a question')
    chat.getState().edit(question, 'one, better')
    await settled()
    expect(path().map((turn) => (turn.role === 'user' ? turn.text : turn.role))).toEqual(['one, better', 'assistant'])
    expect(sent[2]?.turns).toHaveLength(1)
    const [lane] = chat.getState().session.head.lanes
    chat.getState().switchTo(lane!.id, question.id)
    expect(path()).toHaveLength(4)
  })

  test('a branch goes on from an earlier answer', async () => {
    const { chat, say, settled, path, sent } = chatWith(hello)
    say('one')
    const first = await settled()
    say('two')
    await settled()
    const [lane] = chat.getState().session.head.lanes
    chat.getState().branchFrom(lane!.id, first.id)
    say('other')
    await settled()
    expect(sent[2]?.turns.map((turn) => (turn.role === 'user' ? turn.text : turn.role))).toEqual([
      'one',
      'assistant',
      'other',
    ])
    expect(siblingsOf(chat.getState().session.turns, path()[2]!)).toHaveLength(2)
  })

  test('an error stands where the answer would be; the text before it stays and nothing of it is sent again', async () => {
    const failure = { code: 'x', message: 'The upstream closed the connection.', fix: 'Send it again.' }
    const { say, settled } = chatWith(async function* () {
      yield { type: 'delta', kind: 'text', text: 'Half' }
      yield { type: 'error', failure, retryAfterMs: 2000 }
    })
    say('Hi')
    expect(await settled()).toMatchObject({ state: 'failed', text: 'Half', failure, retryAfterMs: 2000 })
  })

  test('an answer that breaks off without an end is not taken for a whole one', async () => {
    const { say, settled } = chatWith(async function* () {
      yield { type: 'delta', kind: 'text', text: 'Half' }
    })
    say('Hi')
    expect(await settled()).toMatchObject({ state: 'failed', text: 'Half' })
  })

  test('an engine that is gone is named, and nothing is sent twice at once', async () => {
    const { say, sent, settled } = chatWith(() => {
      throw new TypeError('Failed to fetch')
    })
    say('Hi')
    say('again')
    expect(await settled()).toMatchObject({ state: 'failed', failure: { code: 'console_unreachable' } })
    expect(sent).toHaveLength(1)
  })
})

describe('tools', () => {
  const tool: ToolDefinition = { ...SAMPLE_TOOL, answer: '{"city":"{{city}}","celsius":21}' }
  const CALL: PlaygroundEvent[] = [
    { type: 'call', call: 0, id: 'call_1', name: 'get_weather' },
    { type: 'arguments', call: 0, text: '{"city":' },
    { type: 'arguments', call: 0, text: '"Lisbon"}' },
    {
      ...END,
      parts: [
        {
          type: 'reasoning',
          text: ['hm'],
          kind: 'full',
          opaque: { maker: 'anthropic', kind: 'signature', value: 'sealed' },
        },
        { type: 'call', id: 'call_1', name: 'get_weather', arguments: '{"city":"Lisbon"}' },
      ],
    },
  ]

  test('a call waits for its answer, and the conversation goes on with it', async () => {
    const { chat, say, settled, sent } = chatWith(async function* ({ turns }) {
      if (turns.length === 1) yield* CALL
      else yield* hello()
    })
    chat.getState().setSettings({ tools: [tool] })
    say('How warm is Lisbon?')
    const answer = await settled()
    expect(answer.calls).toEqual([{ id: 'call_1', name: 'get_weather', arguments: '{"city":"Lisbon"}' }])
    expect(sent[0]?.tools?.[0]).toMatchObject({ name: 'get_weather', parameters: { type: 'object' } })
    const [lane] = chat.getState().session.head.lanes
    const results = [{ id: 'call_1', name: 'get_weather', text: '21', failed: false }]
    chat.getState().answerCalls(lane!.id, answer, results)
    await settled()
    expect(sent[1]?.turns.slice(1)).toEqual([
      { role: 'assistant', parts: (CALL.at(-1) as Extract<PlaygroundEvent, { type: 'end' }>).parts },
      { role: 'tool', results },
    ])
  })

  test('a tool that answers by itself is answered from its template, and a loop without an end is stopped', async () => {
    const { chat, say, sent, when, path } = chatWith(async function* () {
      yield* CALL
    })
    chat.getState().setSettings({ tools: [{ ...tool, automatic: true }] })
    say('Go on')
    await when(
      () => sent.length === 8 && path().at(-1)?.role === 'assistant' && (path().at(-1) as AnswerTurn).state === 'done',
    )
    expect(sent).toHaveLength(8)
    expect(sent[1]?.turns.at(-1)).toEqual({
      role: 'tool',
      results: [{ id: 'call_1', name: 'get_weather', text: '{"city":"Lisbon","celsius":21}', failed: false }],
    })
  })

  test('a call that nobody answered is not sent again', async () => {
    const { chat, say, settled, sent } = chatWith(async function* ({ turns }) {
      if (turns.length === 1) yield* [{ type: 'delta', kind: 'text', text: 'I look.' } as const, ...CALL]
      else yield* hello()
    })
    chat.getState().setSettings({ tools: [tool] })
    say('How warm is Lisbon?')
    await settled()
    say('Never mind')
    await settled()
    expect(JSON.stringify(sent[1]?.turns)).not.toContain('call_1')
  })
})

describe('columns side by side', () => {
  test('one question goes to each, each answer has its own figures, and one stops alone', async () => {
    const { chat, say, sent, settled, when, path } = chatWith(async function* ({ model }, signal) {
      yield { type: 'delta', kind: 'text', text: model }
      if (model.includes('claude')) await stopped(signal)
      else yield END
    })
    chat.getState().setColumns(2)
    say('Which are you?')
    await when(() => path(1).at(-1)?.role === 'assistant' && (path(1).at(-1) as AnswerTurn).text !== '')
    expect(sent.map(({ model }) => model)).toEqual(['gpt-5.1', 'claude-sonnet-4-5'])
    expect(path(0)[0]).toBe(path(1)[0])
    expect(await settled(0)).toMatchObject({ state: 'done', text: 'gpt-5.1' })
    expect(path(1).at(-1)).toMatchObject({ state: 'streaming' })
    const second = chat.getState().session.head.lanes[1]!
    chat.getState().stop(second.id)
    expect(await settled(1)).toMatchObject({ state: 'stopped', text: 'claude-sonnet-4-5' })
    chat.getState().continueWith(second.id)
    expect(chat.getState().session.head.lanes).toEqual([second])
    say('Go on')
    await when(() => sent.length === 3)
    expect(sent[2]?.turns.map((turn) => turn.role)).toEqual(['user', 'assistant', 'user'])
  })

  test('thoughts are sealed for the model that had them', async () => {
    const opaque = { maker: 'openai', kind: 'encrypted', value: 'sealed' } as const
    const { chat, say, sent, settled } = chatWith(async function* () {
      yield {
        ...END,
        parts: [
          { type: 'reasoning', text: [], kind: 'summary', opaque },
          { type: 'text', text: 'Yes' },
        ],
      }
    })
    say('one')
    await settled()
    say('two')
    await settled()
    expect(JSON.stringify(sent[1]?.turns)).toContain('sealed')
    const [lane] = chat.getState().session.head.lanes
    chat.getState().setLane(lane!.id, { model: 'claude-sonnet-4-5' })
    say('three')
    await settled()
    expect(JSON.stringify(sent[2]?.turns)).not.toContain('sealed')
  })
})

describe('chats that are kept', () => {
  test('a chat is kept with its first message, titled by it, and is there again as it was', async () => {
    const { chat, database, say, settled, path } = chatWith(hello)
    expect(database.list()).toEqual([])
    say('## Why does *this* fail?\nAll of it')
    const answer = await settled()
    const { id, title } = chat.getState().session.head
    expect(title).toBe('Why does this fail?')
    expect(database.list()).toMatchObject([{ id, title, models: ['gpt-5.1'] }])
    chat.getState().newChat()
    expect(path()).toEqual([])
    await chat.getState().openChat(id)
    expect(path().at(-1)).toEqual(answer)
  })

  test('an answer goes on while another chat is shown, and is kept there', async () => {
    let finish = (): void => {}
    const until = new Promise<void>((resolve) => {
      finish = resolve
    })
    const { chat, database, say, when, path } = chatWith(async function* () {
      yield { type: 'delta', kind: 'text', text: 'slow' }
      await until
      yield END
    })
    say('Take your time')
    const { id } = chat.getState().session.head
    await when(() => path().length === 2)
    const { revision } = chat.getState()
    chat.getState().newChat()
    finish()
    await when(
      (state) =>
        state.revision > revision + 1 ||
        database.get(id).turns.some((turn) => 'state' in turn && turn.state === 'done'),
    )
    expect(database.get(id).turns.at(-1)).toMatchObject({ state: 'done', text: 'slow' })
  })

  test('an answer that was written when the window was closed is named broken off', async () => {
    const { chat, database, path } = chatWith(hello)
    const { head } = chat.getState().session
    const at = 5
    database.save({
      head: { ...head, id: 'old', title: 'Old', lanes: [{ ...head.lanes[0]!, leaf: 'a' }] },
      turns: [
        { id: 'q', role: 'user', at, text: 'Hi', attachments: [] },
        {
          id: 'a',
          parent: 'q',
          role: 'assistant',
          at,
          model: 'gpt-5.1',
          servedBy: '',
          state: 'streaming',
          text: 'Half',
          reasoning: '',
          refusal: '',
          calls: [],
        },
      ],
    })
    await chat.getState().openChat('old')
    expect(path().at(-1)).toMatchObject({ state: 'failed', text: 'Half', failure: { code: 'playground_incomplete' } })
  })

  test('a chat that is not there is said, and the one that is shown stays', async () => {
    const { chat } = chatWith(hello)
    const { id } = chat.getState().session.head
    await chat.getState().openChat('gone')
    expect(chat.getState().failure).toBeDefined()
    expect(chat.getState().session.head.id).toBe(id)
  })
})
