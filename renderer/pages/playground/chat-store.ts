/** The conversation of the Playground. It outlives the page, so that an answer goes on while Traffic is looked at. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ChatMessage, PlaygroundEvent, PlaygroundRequest } from '../../../shared/contract.ts'
import type { Failure, Usage } from '../../../shared/exchange.ts'
import { failureOf, type Console } from '../../console.ts'

export interface UserTurn {
  role: 'user'
  id: string
  /** Milliseconds since the epoch. */
  at: number
  text: string
}

export interface AnswerFigures {
  finish: string
  usage: Usage | undefined
  ttftMs: number
  durationMs: number
  losses: readonly string[]
}

export interface AnswerTurn {
  role: 'assistant'
  id: string
  at: number
  model: string
  /** `gpt-5-5-prod on foundry-eastus2`, as it was when it was sent. */
  servedBy: string
  text: string
  reasoning: string
  /** stopped: by the user. failed: `failure` says why; the text that had arrived stays. */
  state: 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed'
  /** Time until the first text, for the line of the thinking. */
  thoughtMs?: number | undefined
  exchange?: string | undefined
  figures?: AnswerFigures | undefined
  failure?: Failure | undefined
}

export type Turn = UserTurn | AnswerTurn

export interface ChatSettings {
  model: string
  system: string
  /** Undefined: the model's own default. */
  temperature: number | undefined
  maxTokens: number | undefined
}

export interface ChatStore {
  turns: readonly Turn[]
  draft: string
  settings: ChatSettings
  running: boolean
  setDraft: (text: string) => void
  set: (change: Partial<ChatSettings>) => void
  /** Sends the draft. `servedBy` is shown beside the model's name. */
  send: (servedBy: string) => void
  /** Asks again for the last answer, with the settings as they are now. */
  regenerate: (servedBy: string) => void
  stop: () => void
  newChat: () => void
}

export interface ChatDependencies {
  console: Pick<Console, 'playground'>
  now: () => number
  id: () => string
  /** Runs the callback before the next frame is drawn. */
  frame(draw: () => void): void
}

export function createChatStore(on: ChatDependencies): StoreApi<ChatStore> {
  let abort: AbortController | undefined
  const store = createStore<ChatStore>((set, get) => {
    const answer = (turns: readonly Turn[], servedBy: string): void => {
      const { settings } = get()
      const turn: AnswerTurn = {
        role: 'assistant',
        id: on.id(),
        at: on.now(),
        model: settings.model,
        servedBy,
        text: '',
        reasoning: '',
        state: 'waiting',
      }
      abort = new AbortController()
      set({ turns: [...turns, turn], running: true })
      void run(on, store, turn, requestOf(settings, turns), abort.signal)
    }
    return {
      turns: [],
      draft: '',
      settings: { model: '', system: '', temperature: undefined, maxTokens: undefined },
      running: false,
      setDraft: (draft) => set({ draft }),
      set: (change) => set({ settings: { ...get().settings, ...change } }),
      send: (servedBy) => {
        const { draft, running, turns, settings } = get()
        const text = draft.trim()
        if (running || text === '' || settings.model === '') return
        set({ draft: '' })
        answer([...turns, { role: 'user', id: on.id(), at: on.now(), text }], servedBy)
      },
      regenerate: (servedBy) => {
        const { running, turns } = get()
        const lastUser = turns.findLastIndex((turn) => turn.role === 'user')
        if (running || lastUser < 0) return
        answer(turns.slice(0, lastUser + 1), servedBy)
      },
      stop: () => abort?.abort(),
      newChat: () => {
        abort?.abort()
        set({ turns: [], draft: '' })
      },
    }
  })
  return store
}

/** What is sent: every turn that has text. An answer that failed before its first word is left out. */
function requestOf(settings: ChatSettings, turns: readonly Turn[]): PlaygroundRequest {
  const messages: ChatMessage[] = turns
    .filter((turn) => turn.text !== '')
    .map((turn) => ({ role: turn.role, content: turn.text }))
  return {
    model: settings.model,
    messages,
    ...(settings.system.trim() === '' ? {} : { system: settings.system }),
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(settings.maxTokens === undefined ? {} : { maxTokens: settings.maxTokens }),
  }
}

/** Reads one answer to its end. The turn in the store is replaced once per frame at most. */
async function run(
  on: ChatDependencies,
  store: StoreApi<ChatStore>,
  first: AnswerTurn,
  request: PlaygroundRequest,
  signal: AbortSignal,
): Promise<void> {
  let turn = first
  let scheduled = false
  const draw = (): void => {
    scheduled = false
    store.setState(({ turns }) => ({ turns: turns.map((other) => (other.id === turn.id ? turn : other)) }))
  }
  try {
    const events = await on.console.playground.send(request, { signal })
    for await (const event of events) {
      if (signal.aborted) break
      turn = applied(turn, event, on.now())
      if (!scheduled) {
        scheduled = true
        on.frame(draw)
      }
    }
    turn = ended(turn, signal.aborted)
  } catch (error) {
    turn = signal.aborted ? { ...turn, state: 'stopped' } : { ...turn, state: 'failed', failure: failureOf(error) }
  }
  draw()
  // After "New chat" another answer may be running already.
  if (store.getState().turns.at(-1)?.id === turn.id || !store.getState().turns.some(isRunning)) {
    store.setState({ running: false })
  }
}

function isRunning(turn: Turn): boolean {
  return turn.role === 'assistant' && (turn.state === 'waiting' || turn.state === 'streaming')
}

function applied(turn: AnswerTurn, event: PlaygroundEvent, now: number): AnswerTurn {
  switch (event.type) {
    case 'exchange':
      return { ...turn, exchange: event.id }
    case 'delta':
      if (event.kind === 'reasoning') return { ...turn, state: 'streaming', reasoning: turn.reasoning + event.text }
      return {
        ...turn,
        state: 'streaming',
        text: turn.text + event.text,
        thoughtMs: turn.thoughtMs ?? (turn.reasoning === '' ? undefined : now - turn.at),
      }
    case 'end': {
      const { finish, usage, ttftMs, durationMs, losses } = event
      return { ...turn, state: 'done', figures: { finish, usage, ttftMs, durationMs, losses } }
    }
    case 'error':
      return { ...turn, state: 'failed', failure: event.failure }
  }
}

/** The feed is over: without an end or an error it was stopped, or it broke off. */
function ended(turn: AnswerTurn, aborted: boolean): AnswerTurn {
  if (!isRunning(turn)) return turn
  if (aborted) return { ...turn, state: 'stopped' }
  return {
    ...turn,
    state: 'failed',
    failure: {
      code: 'playground_incomplete',
      message: 'The answer broke off.',
      fix: 'Open its exchange to see what arrived.',
    },
  }
}
