import { describe, expect, test } from 'vitest'
import type { PlaygroundEvent, PlaygroundRequest } from '../../shared/contract.ts'
import { createChatStore, type AnswerTurn, type ChatStore } from '../../renderer/pages/playground/chat-store.ts'
import type { StoreApi } from 'zustand'

type Source = (request: PlaygroundRequest, signal: AbortSignal) => AsyncGenerator<PlaygroundEvent>

/** A chat whose answers come from `source`; frames are drawn at once. */
function chatWith(source: Source): {
  chat: StoreApi<ChatStore>
  sent: PlaygroundRequest[]
  settled: () => Promise<AnswerTurn>
} {
  const sent: PlaygroundRequest[] = []
  let ids = 0
  const send = async (request: PlaygroundRequest, options: { signal: AbortSignal }) => {
    sent.push(request)
    return source(request, options.signal)
  }
  const chat = createChatStore({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store uses nothing else of the console
    console: { playground: { send } } as never,
    now: () => 1_000,
    id: () => `t${(ids += 1)}`,
    frame: (draw) => draw(),
  })
  chat.getState().set({ model: 'gpt-5.1' })
  const settled = (): Promise<AnswerTurn> =>
    new Promise((resolve) => {
      const look = (): void => {
        const last = chat.getState().turns.at(-1)
        if (!chat.getState().running && last?.role === 'assistant') resolve(last)
      }
      chat.subscribe(look)
      look()
    })
  return { chat, sent, settled }
}

const END: PlaygroundEvent = { type: 'end', finish: 'stop', usage: { output: 2 }, ttftMs: 5, durationMs: 9, losses: [] }

async function* hello(): AsyncGenerator<PlaygroundEvent> {
  yield { type: 'exchange', id: 'ex_1' }
  yield { type: 'delta', kind: 'reasoning', text: 'hm' }
  yield { type: 'delta', kind: 'text', text: 'Hel' }
  yield { type: 'delta', kind: 'text', text: 'lo' }
  yield END
}

function ask(chat: StoreApi<ChatStore>, text: string): void {
  chat.getState().setDraft(text)
  chat.getState().send('gpt-5-1-prod on foundry')
}

describe('the conversation', () => {
  test('an answer has its text, its thinking, its figures and its exchange', async () => {
    const { chat, sent, settled } = chatWith(hello)
    ask(chat, ' Hi ')
    const answer = await settled()
    expect(answer).toMatchObject({ state: 'done', text: 'Hello', reasoning: 'hm', exchange: 'ex_1', model: 'gpt-5.1' })
    expect(answer.figures).toMatchObject({ ttftMs: 5, usage: { output: 2 } })
    expect(sent).toEqual([{ model: 'gpt-5.1', messages: [{ role: 'user', content: 'Hi' }] }])
    expect(chat.getState().draft).toBe('')
  })

  test('what was said before goes along, parameters only where they are set', async () => {
    const { chat, sent, settled } = chatWith(hello)
    ask(chat, 'one')
    await settled()
    chat.getState().set({ system: 'be brief', temperature: 0, maxTokens: 9 })
    ask(chat, 'two')
    await settled()
    expect(sent[1]).toEqual({
      model: 'gpt-5.1',
      system: 'be brief',
      temperature: 0,
      maxTokens: 9,
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'two' },
      ],
    })
  })

  test('stopping keeps what had arrived, and regenerating replaces it', async () => {
    let round = 0
    const { chat, sent, settled } = chatWith(async function* (_request, signal) {
      round += 1
      yield { type: 'delta', kind: 'text', text: `part ${round}` }
      if (round === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      yield END
    })
    const first = new Promise((resolve) => {
      const off = chat.subscribe(({ turns }) => turns.at(-1)?.text === 'part 1' && (off(), resolve(undefined)))
    })
    ask(chat, 'Hi')
    await first
    chat.getState().stop()
    expect(await settled()).toMatchObject({ state: 'stopped', text: 'part 1' })
    chat.getState().regenerate('')
    expect(await settled()).toMatchObject({ state: 'done', text: 'part 2' })
    expect(chat.getState().turns).toHaveLength(2)
    expect(sent[1]?.messages).toEqual([{ role: 'user', content: 'Hi' }])
  })

  test('an error stands where the answer would be; the text before it stays', async () => {
    const failure = { code: 'x', message: 'The upstream closed the connection.', fix: 'Send it again.' }
    const { chat, settled } = chatWith(async function* () {
      yield { type: 'delta', kind: 'text', text: 'Half' }
      yield { type: 'error', failure }
    })
    ask(chat, 'Hi')
    expect(await settled()).toMatchObject({ state: 'failed', text: 'Half', failure })
  })

  test('an answer that breaks off without an end is not taken for a whole one', async () => {
    const { chat, settled } = chatWith(async function* () {
      yield { type: 'delta', kind: 'text', text: 'Half' }
    })
    ask(chat, 'Hi')
    expect(await settled()).toMatchObject({ state: 'failed', text: 'Half' })
  })

  test('an engine that is gone is named, and nothing is sent twice at once', async () => {
    const { chat, sent, settled } = chatWith(() => {
      throw new TypeError('Failed to fetch')
    })
    ask(chat, 'Hi')
    ask(chat, 'again')
    expect(await settled()).toMatchObject({ state: 'failed', failure: { code: 'console_unreachable' } })
    expect(sent).toHaveLength(1)
  })
})
