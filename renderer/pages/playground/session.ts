/** One chat in the window: its head, its turns and what is being written. Pure: each function gives a new session. */
import type {
  AnswerTurn,
  Attachment,
  ChatHead,
  ChatLane,
  ChatTurn,
  ToolResult,
  ToolTurn,
  UserTurn,
} from '../../../shared/playground.ts'
import { isRunning, pathTo, type Turns } from './turn-tree.ts'

export interface Session {
  head: ChatHead
  turns: Turns
  draft: string
  attachments: readonly Attachment[]
  /** The column whose parameters are shown. */
  focus: string
  /** It is in the database. */
  kept: boolean
}

/** Makes ids and tells the time, in milliseconds since the epoch. */
export interface Makers {
  now: () => number
  id: () => string
}

/** An answer that is to be asked for: which column asks. */
export interface Ask {
  lane: string
  turn: AnswerTurn
}

/** A change of a session: turns that are new, and answers to ask for. */
export interface Step {
  session: Session
  added: ChatTurn[]
  asks: Ask[]
}

const TITLE_LENGTH = 60

export function newSession(make: Makers, from: ChatHead | undefined): Session {
  const now = make.now()
  const first = from?.lanes[0]
  const lane: ChatLane = { id: make.id(), model: first?.model ?? '', parameters: first?.parameters ?? {} }
  return {
    head: {
      id: make.id(),
      title: '',
      titledBy: 'auto',
      createdAt: now,
      updatedAt: now,
      settings: from?.settings ?? { system: '', variables: {}, tools: [] },
      lanes: [lane],
    },
    turns: new Map(),
    draft: '',
    attachments: [],
    focus: lane.id,
    kept: false,
  }
}

/** A question in every column; columns that stand at the same turn share it. */
export function ask(session: Session, make: Makers, served: (model: string) => string): Step {
  const text = session.draft.trim()
  const { attachments, head } = session
  const questions = new Map<string | undefined, UserTurn>()
  for (const { leaf } of head.lanes) {
    if (!questions.has(leaf))
      questions.set(leaf, { ...node(make, leaf), role: 'user', text, attachments: [...attachments] })
  }
  const placed = head.lanes.map((lane) => ({ lane, question: questions.get(lane.leaf) as UserTurn }))
  return answered({ ...session, draft: '', attachments: [] }, make, served, [...questions.values()], placed)
}

/** The same question in other words: a sibling of the first, in each column that shows that one. */
export function askAgain(
  session: Session,
  make: Makers,
  served: (model: string) => string,
  question: UserTurn,
  text: string,
): Step {
  const edited: UserTurn = { ...node(make, question.parent), role: 'user', text, attachments: question.attachments }
  const placed = session.head.lanes
    .filter((lane) => pathTo(session.turns, lane.leaf).some((turn) => turn.id === question.id))
    .map((lane) => ({ lane, question: edited }))
  return answered(session, make, served, [edited], placed)
}

/** Another answer beside the one that is there. */
export function regenerate(
  session: Session,
  make: Makers,
  served: (model: string) => string,
  laneId: string,
  answer: AnswerTurn,
): Step {
  const lane = laneOf(session, laneId)
  const before = answer.parent === undefined ? undefined : session.turns.get(answer.parent)
  if (lane === undefined || before === undefined) return { session, added: [], asks: [] }
  return answered(session, make, served, [], [{ lane, question: before }])
}

/** The results of an answer's calls, and the answer that follows. */
export function answerCalls(
  session: Session,
  make: Makers,
  served: (model: string) => string,
  laneId: string,
  answer: AnswerTurn,
  results: readonly ToolResult[],
): Step {
  const lane = laneOf(session, laneId)
  if (lane === undefined) return { session, added: [], asks: [] }
  const turn: ToolTurn = { ...node(make, answer.id), role: 'tool', results: [...results] }
  return answered(session, make, served, [turn], [{ lane, question: turn }])
}

function answered(
  session: Session,
  make: Makers,
  served: (model: string) => string,
  before: readonly ChatTurn[],
  placed: readonly { lane: ChatLane; question: ChatTurn }[],
): Step {
  const asks = placed.map(({ lane, question }): Ask => {
    const turn: AnswerTurn = {
      ...node(make, question.id),
      role: 'assistant',
      model: lane.model,
      servedBy: served(lane.model),
      state: 'waiting',
      text: '',
      reasoning: '',
      refusal: '',
      calls: [],
    }
    return { lane: lane.id, turn }
  })
  const added = [...before, ...asks.map((one) => one.turn)]
  const lanes = session.head.lanes.map((lane) => {
    const asked = asks.find((one) => one.lane === lane.id)
    return asked === undefined ? lane : { ...lane, leaf: asked.turn.id }
  })
  const head = { ...session.head, ...titleOf(session.head, before), lanes, updatedAt: make.now() }
  return { session: { ...session, head, turns: withTurns(session.turns, added) }, added, asks }
}

export function withTurns(turns: Turns, changed: readonly ChatTurn[]): Turns {
  const next = new Map(turns)
  for (const turn of changed) next.set(turn.id, turn)
  return next
}

export function withLane(session: Session, id: string, change: Partial<ChatLane>): Session {
  const lanes = session.head.lanes.map((lane) => (lane.id === id ? { ...lane, ...change } : lane))
  return { ...session, head: { ...session.head, lanes } }
}

/** So many columns: new ones begin where the first stands, with the models that are offered. */
export function withLaneCount(session: Session, count: number, make: Makers, models: readonly string[]): Session {
  const lanes = session.head.lanes.slice(0, count)
  const [first] = lanes
  if (first === undefined) return session
  while (lanes.length < count) {
    const used = new Set(lanes.map((lane) => lane.model))
    const model = models.find((name) => !used.has(name)) ?? first.model
    const { leaf } = first
    lanes.push({ id: make.id(), model, parameters: {}, ...(leaf === undefined ? {} : { leaf }) })
  }
  const focus = lanes.some((lane) => lane.id === session.focus) ? session.focus : first.id
  return { ...session, focus, head: { ...session.head, lanes } }
}

/** One column goes on alone (`keep`), or leaves. */
export function withoutLane(session: Session, id: string, keep: boolean): Session {
  const lanes = session.head.lanes.filter((lane) => (lane.id === id) === keep)
  const [first] = lanes
  if (first === undefined) return session
  const focus = lanes.some((lane) => lane.id === session.focus) ? session.focus : first.id
  return { ...session, focus, head: { ...session.head, lanes } }
}

export function laneOf(session: Session, id: string): ChatLane | undefined {
  return session.head.lanes.find((lane) => lane.id === id)
}

/** Answers that are being written in the columns. */
export function runningIn(session: Session): AnswerTurn[] {
  return session.head.lanes
    .map((lane) => (lane.leaf === undefined ? undefined : session.turns.get(lane.leaf)))
    .filter(isRunning)
}

function node(make: Makers, parent: string | undefined): { id: string; at: number; parent?: string } {
  return { id: make.id(), at: make.now(), ...(parent === undefined ? {} : { parent }) }
}

/** The first words of the first question; no tokens are spent on a title. */
function titleOf(head: ChatHead, added: readonly ChatTurn[]): { title?: string } {
  if (head.titledBy === 'user' || head.title !== '') return {}
  const question = added.find((turn) => turn.role === 'user')
  if (question?.role !== 'user') return {}
  const line = question.text.split('\n').find((one) => one.trim() !== '') ?? question.attachments[0]?.name ?? 'Untitled'
  return { title: shortTitle(line) }
}

export function shortTitle(line: string): string {
  const words = line
    .replace(/^[#>*\-\s]+/, '')
    .replace(/\*\*|[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (words.length <= TITLE_LENGTH) return words === '' ? 'Untitled' : words
  const cut = words.slice(0, TITLE_LENGTH)
  const space = cut.lastIndexOf(' ')
  return `${(space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut).replace(/[\s,.;:]+$/, '')}…`
}
