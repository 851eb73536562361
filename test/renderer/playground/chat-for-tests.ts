/** A chat store whose answers a test writes and whose chats are kept in a database in memory. */
import type { StoreApi } from 'zustand'
import { ChatDatabase } from '../../../electron/chats/chat-database.ts'
import type { ModelChoice } from '../../../shared/model-facts.ts'
import type { AnswerTurn, PlaygroundEvent, PlaygroundRequest } from '../../../shared/playground.ts'
import { createChatStore, type ChatStore } from '../../../renderer/pages/playground/chat-store.ts'
import { pathTo } from '../../../renderer/pages/playground/turn-tree.ts'
import { choices } from '../scripted-scene.ts'
import { optionsFor } from '../scripted-playground.ts'

export type Source = (request: PlaygroundRequest, signal: AbortSignal) => AsyncGenerator<PlaygroundEvent>

export interface TestChat {
  chat: StoreApi<ChatStore>
  database: ChatDatabase
  sent: PlaygroundRequest[]
  /** The column's turns, newest last. */
  path: (lane?: number) => ReturnType<typeof pathTo>
  /** Writes a message and sends it. */
  say: (text: string) => void
  /** The column's last answer when it is complete and kept. */
  settled: (lane?: number) => Promise<AnswerTurn>
  /** Resolves when the state is as described. */
  when: (is: (state: ChatStore) => boolean) => Promise<void>
}

export const END: Extract<PlaygroundEvent, { type: 'end' }> = {
  type: 'end',
  finish: 'stop',
  usage: { output: 2 },
  ttftMs: 5,
  durationMs: 9,
  losses: [],
}

export async function* hello(): AsyncGenerator<PlaygroundEvent> {
  yield { type: 'exchange', id: 'ex_1' }
  yield { type: 'delta', kind: 'reasoning', text: 'hm' }
  yield { type: 'delta', kind: 'text', text: 'Hel' }
  yield { type: 'delta', kind: 'text', text: 'lo' }
  yield END
}

export function chatWith(source: Source, offered: readonly ModelChoice[] = choices): TestChat {
  const sent: PlaygroundRequest[] = []
  let ids = 0
  const id = (): string => `t${(ids += 1)}`
  let clock = 1_000
  const now = (): number => (clock += 1)
  const database = new ChatDatabase({ file: ':memory:', now, newId: id, clean: (text) => text })
  const console = {
    playground: {
      send: async (request: PlaygroundRequest, options: { signal: AbortSignal }) => {
        sent.push(request)
        return source(request, options.signal)
      },
      options: async ({ model }: { model: string }) => optionsFor(model),
    },
    chats: {
      save: async (chat: Parameters<ChatDatabase['save']>[0]) => database.save(structuredClone(chat)),
      get: async (asked: { id: string }) => database.get(asked.id),
    },
  }
  const chat = createChatStore({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store uses nothing else of the console
    console: console as never,
    now,
    id,
    frame: (draw) => draw(),
  })
  chat.getState().setChoices(offered)
  const path = (lane = 0): ReturnType<typeof pathTo> => {
    const { session } = chat.getState()
    return pathTo(session.turns, session.head.lanes[lane]?.leaf)
  }
  const when = (is: (state: ChatStore) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!is(chat.getState())) return
        off()
        resolve()
      }
      const off = chat.subscribe(look)
      look()
    })
  return {
    chat,
    database,
    sent,
    path,
    say: (text) => {
      chat.getState().setDraft(text)
      chat.getState().send()
    },
    settled: async (lane = 0) => {
      const answer = (): AnswerTurn | undefined => {
        const last = path(lane).at(-1)
        return last?.role === 'assistant' && last.state !== 'waiting' && last.state !== 'streaming' ? last : undefined
      }
      const kept = (): boolean => {
        const { id: chatId } = chat.getState().session.head
        const turn = answer()
        return turn !== undefined && isKept(database, chatId, turn)
      }
      await when((state) => state.failure !== undefined || kept())
      return answer() as AnswerTurn
    },
    when,
  }
}

function isKept(database: ChatDatabase, chat: string, turn: AnswerTurn): boolean {
  try {
    return database
      .get(chat)
      .turns.some((other) => other.id === turn.id && 'state' in other && other.state === turn.state)
  } catch {
    return false
  }
}
