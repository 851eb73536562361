/** The Playground's chats in the window. They outlive the page, so that an answer goes on while Traffic is looked at. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ModelChoice } from '../../../shared/model-facts.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type {
  AnswerTurn,
  Attachment,
  ChatLane,
  ChatSettings,
  ChatTurn,
  PlaygroundOptions,
  PlaygroundRequest,
  ToolResult,
  UserTurn,
} from '../../../shared/playground.ts'
import { failureOf, type Console } from '../../console.ts'
import { automaticResults } from './automatic-results.ts'
import { requestOf } from './compose-request.ts'
import { brokenOff, runAnswer } from './run-answer.ts'
import * as steps from './session.ts'
import type { Session, Step } from './session.ts'
import { takenBy, type Known } from './taken.ts'
import { isRunning, newestLeaf, pathTo, roundsSinceQuestion } from './turn-tree.ts'

export interface ChatStore {
  session: Session
  choices: readonly ModelChoice[]
  options: ReadonlyMap<string, PlaygroundOptions>
  /** Changes when what is kept has changed: a list of chats must be read again. */
  revision: number
  /** Why chats cannot be kept, or a chat cannot be opened. */
  failure: Failure | undefined
  /** The question that is being edited. */
  editing: string | undefined
  /** Whose code and raw exchange are shown; without a turn, the next request. */
  inspected: Inspected | undefined

  setEditing: (turn: string | undefined) => void
  inspect: (what: Inspected | undefined) => void
  setChoices: (choices: readonly ModelChoice[]) => void
  /** Finds out how a model can be asked, once per name. */
  learn: (model: string) => void
  known: (model: string) => Known

  setDraft: (text: string) => void
  attach: (attachments: readonly Attachment[]) => void
  detach: (index: number) => void
  setSettings: (change: Partial<ChatSettings>) => void
  setLane: (lane: string, change: Partial<Pick<ChatLane, 'model' | 'parameters'>>) => void
  setColumns: (count: number) => void
  focusLane: (lane: string) => void
  closeLane: (lane: string) => void
  continueWith: (lane: string) => void

  send: () => void
  regenerate: (lane: string, answer: AnswerTurn) => void
  edit: (question: UserTurn, text: string) => void
  answerCalls: (lane: string, answer: AnswerTurn, results: readonly ToolResult[]) => void
  /** The column goes on from this turn; what followed stays as another branch. */
  branchFrom: (lane: string, turn: string) => void
  /** Shows this turn in place of its sibling, and what followed it. */
  switchTo: (lane: string, turn: string) => void
  /** Ends one column's answer, or all. */
  stop: (lane?: string) => void
  /** What would be asked for this answer, or by the next message. */
  requestFor: (lane: string, answer?: AnswerTurn) => PlaygroundRequest | undefined

  newChat: () => void
  openChat: (id: string) => Promise<void>
  /** The chat was deleted or renamed in the list. */
  forget: (id: string) => void
  titled: (id: string, title: string) => void
}

export interface Inspected {
  lane: string
  turn?: string
  view?: 'cURL' | 'Raw'
}

export interface ChatDependencies {
  console: Pick<Console, 'playground' | 'chats'>
  now: () => number
  id: () => string
  /** Runs the callback before the next frame is drawn. */
  frame: (draw: () => void) => void
}

/** A model that only ever calls tools is stopped after so many rounds. */
const MOST_ROUNDS = 8

export function createChatStore(on: ChatDependencies): StoreApi<ChatStore> {
  /** Running answers, by turn. */
  const aborts = new Map<string, AbortController>()
  /** Chats with an answer that goes on while another chat is shown. */
  const away = new Map<string, Session>()
  let saving = Promise.resolve()

  const store = createStore<ChatStore>((set, get) => {
    const sessionOf = (id: string): Session | undefined => {
      const { session } = get()
      return session.head.id === id ? session : away.get(id)
    }
    const put = (session: Session): void => {
      if (get().session.head.id === session.head.id) set({ session })
      else if (away.has(session.head.id)) away.set(session.head.id, session)
    }
    /** One write after another, so that an older state never overtakes a newer one. */
    const keep = (id: string, turns: readonly ChatTurn[]): void => {
      const session = sessionOf(id)
      if (session === undefined || (!session.kept && session.turns.size === 0)) return
      if (!session.kept) put({ ...session, kept: true })
      const { head } = session
      saving = saving
        .then(() => on.console.chats.save({ head, turns: [...turns] }))
        .then(
          () => set(({ revision }) => ({ revision: revision + 1, failure: undefined })),
          (error: unknown) => set({ failure: failureOf(error) }),
        )
    }
    const change = (update: (session: Session) => Session): void => {
      set(({ session }) => ({ session: update(session) }))
      keep(get().session.head.id, [])
    }
    const served = (model: string): string => {
      const { choice } = get().known(model)
      return choice === undefined ? '' : `${choice.deployment} on ${choice.instance}`
    }
    const follow = ({ session, added, asks }: Step): void => {
      if (added.length === 0) return
      put(session)
      keep(session.head.id, added)
      for (const { lane, turn } of asks) void answer(session.head.id, lane, turn)
    }
    const answer = async (chat: string, laneId: string, first: AnswerTurn): Promise<void> => {
      const session = sessionOf(chat)
      const lane = session === undefined ? undefined : steps.laneOf(session, laneId)
      if (session === undefined || lane === undefined) return
      const known = get().known(lane.model)
      const request = composed(session, lane, first, known)
      const contextWindow = known.options?.contextWindow ?? known.choice?.contextWindow
      const schema = request.format?.schema
      const abort = new AbortController()
      aborts.set(first.id, abort)
      const show = (turn: AnswerTurn): void => {
        const shown = sessionOf(chat)
        if (shown !== undefined) put({ ...shown, turns: steps.withTurns(shown.turns, [turn]) })
      }
      const turn = await runAnswer(
        {
          ...first,
          ...(contextWindow === undefined ? {} : { contextWindow }),
          ...(schema === undefined ? {} : { schema }),
        },
        request,
        {
          console: on.console,
          now: on.now,
          frame: on.frame,
          signal: abort.signal,
          show,
          keep: (part) => keep(chat, [part]),
        },
      )
      aborts.delete(first.id)
      keep(chat, [turn])
      continueLoop(chat, laneId, turn)
      leave(chat)
    }
    /** Calls whose tools answer by themselves are answered at once. */
    const continueLoop = (chat: string, laneId: string, turn: AnswerTurn): void => {
      const session = sessionOf(chat)
      if (session === undefined || turn.state !== 'done' || turn.calls.length === 0) return
      const results = automaticResults(turn.calls, session.head.settings.tools)
      if (results === undefined || roundsSinceQuestion(session.turns, turn.id) >= MOST_ROUNDS) return
      follow(steps.answerCalls(session, on, served, laneId, turn, results))
    }
    /** A chat that is not shown is let go when its last answer is there. */
    const leave = (chat: string): void => {
      const session = away.get(chat)
      if (session !== undefined && steps.runningIn(session).length === 0) away.delete(chat)
    }
    const show = (session: Session): void => {
      const { session: before } = get()
      if (steps.runningIn(before).length > 0) away.set(before.head.id, before)
      away.delete(session.head.id)
      set({ session, failure: undefined, editing: undefined, inspected: undefined })
      for (const lane of session.head.lanes) get().learn(lane.model)
    }
    const composed = (
      session: Session,
      lane: ChatLane,
      turn: AnswerTurn | undefined,
      known: Known,
    ): PlaygroundRequest => {
      const path = pathTo(session.turns, turn === undefined ? lane.leaf : turn.parent)
      return requestOf({ settings: session.head.settings, lane, path, taken: takenBy(known, lane.parameters) })
    }

    return {
      session: steps.newSession(on, undefined),
      choices: [],
      options: new Map(),
      revision: 0,
      failure: undefined,
      editing: undefined,
      inspected: undefined,

      setEditing: (editing) => set({ editing }),
      inspect: (inspected) => set({ inspected }),
      setChoices: (choices) => {
        const [first] = choices
        set(({ session }) => ({ choices, session: first ? withModel(session, first.name) : session }))
        for (const lane of get().session.head.lanes) get().learn(lane.model)
      },
      learn: (model) => {
        if (model === '' || get().options.has(model)) return
        on.console.playground.options({ model }).then(
          (options) => set((state) => ({ options: new Map(state.options).set(model, options) })),
          // Without it the Playground offers what every model takes; sending says what is wrong.
          () => undefined,
        )
      },
      known: (model) => ({
        choice: get().choices.find((choice) => choice.name === model),
        options: get().options.get(model),
      }),

      setDraft: (draft) => set(({ session }) => ({ session: { ...session, draft } })),
      attach: (more) =>
        set(({ session }) => ({ session: { ...session, attachments: [...session.attachments, ...more] } })),
      detach: (index) =>
        set(({ session }) => ({ session: { ...session, attachments: session.attachments.toSpliced(index, 1) } })),
      setSettings: (settings) =>
        change((session) => ({
          ...session,
          head: { ...session.head, settings: { ...session.head.settings, ...settings } },
        })),
      setLane: (lane, changed) => {
        change((session) => steps.withLane(session, lane, changed))
        if (changed.model !== undefined) get().learn(changed.model)
      },
      setColumns: (count) => {
        const models = get().choices.map((choice) => choice.name)
        change((session) => steps.withLaneCount(session, count, on, models))
        for (const lane of get().session.head.lanes) get().learn(lane.model)
      },
      focusLane: (focus) => set(({ session }) => ({ session: { ...session, focus } })),
      closeLane: (lane) => {
        get().stop(lane)
        change((session) => steps.withoutLane(session, lane, false))
      },
      continueWith: (kept) => {
        for (const lane of get().session.head.lanes) if (lane.id !== kept) get().stop(lane.id)
        change((session) => steps.withoutLane(session, kept, true))
      },

      send: () => {
        const { session } = get()
        const written = session.draft.trim() !== '' || session.attachments.length > 0
        const asked = session.head.lanes.every((lane) => lane.model !== '')
        if (written && asked && steps.runningIn(session).length === 0) follow(steps.ask(session, on, served))
      },
      regenerate: (lane, turn) => {
        if (!isRunning(turn)) follow(steps.regenerate(get().session, on, served, lane, turn))
      },
      edit: (question, text) => {
        get().stop()
        follow(steps.askAgain(get().session, on, served, question, text))
      },
      answerCalls: (lane, turn, results) => follow(steps.answerCalls(get().session, on, served, lane, turn, results)),
      branchFrom: (lane, leaf) => change((session) => steps.withLane(session, lane, { leaf })),
      switchTo: (lane, turn) =>
        change((session) => steps.withLane(session, lane, { leaf: newestLeaf(session.turns, turn) })),
      stop: (laneId) => {
        const { session } = get()
        for (const lane of session.head.lanes) {
          if ((laneId === undefined || lane.id === laneId) && lane.leaf !== undefined) aborts.get(lane.leaf)?.abort()
        }
      },
      requestFor: (laneId, turn) => {
        const { session, known } = get()
        const lane = steps.laneOf(session, laneId)
        if (lane === undefined) return undefined
        const draft = turn === undefined && session.draft.trim() !== '' ? steps.ask(session, on, served) : undefined
        if (draft === undefined) return composed(session, lane, turn, known(lane.model))
        const asked = draft.asks.find((one) => one.lane === laneId)?.turn
        return composed(draft.session, lane, asked, known(lane.model))
      },

      newChat: () => show(steps.newSession(on, get().session.head)),
      openChat: async (id) => {
        const going = away.get(id)
        if (get().session.head.id === id) return
        if (going !== undefined) return show(going)
        try {
          const { head, turns } = await on.console.chats.get({ id })
          show({
            head,
            turns: new Map(turns.map((turn) => [turn.id, isRunning(turn) ? brokenOff(turn) : turn])),
            draft: '',
            attachments: [],
            focus: head.lanes[0]?.id ?? '',
            kept: true,
          })
        } catch (error) {
          set({ failure: failureOf(error) })
        }
      },
      forget: (id) => {
        if (get().session.head.id !== id) return
        get().stop()
        set(({ session }) => ({ session: steps.newSession(on, session.head) }))
      },
      titled: (id, title) => {
        const { session } = get()
        if (session.head.id === id) put({ ...session, head: { ...session.head, title, titledBy: 'user' } })
      },
    }
  })
  return store
}

/** A chat that has no model yet gets one. */
function withModel(session: Session, model: string): Session {
  const lanes = session.head.lanes.map((lane) => (lane.model === '' ? { ...lane, model } : lane))
  return { ...session, head: { ...session.head, lanes } }
}
