/** Makes of a recording the answer to a request: the recorded bytes, or their translation, each with its time. */
import { laneText, eventText, isStream } from '../../../../shared/lane-text.ts'
import type { DialectId, Header, LaneEvent } from '../../../../shared/exchange.ts'
import type { AnswerContext, AnswerUndo, Dialect } from '../../../core/dialects/dialect.ts'
import { dialectOf } from '../../../core/dialects/registry.ts'
import type { HubError, HubEvent, HubRequest } from '../../../core/hub.ts'
import { profileOf } from '../../../core/models/profiles.ts'
import { SseReader } from '../../../core/sse.ts'
import type { Recording } from './recordings-of.ts'

/** A piece of the answer. `atMs`: after the request came, in the time of the recording. */
export interface Frame {
  atMs: number
  text: string
}

export interface ComposedAnswer {
  /** 0: there was no answer, the connection broke. */
  status: number
  headers: Header[]
  headMs: number
  frames: Frame[]
  /** The connection breaks after the last frame, as it did then. */
  cut: boolean
}

export interface AskedFor {
  dialect: DialectId
  request: HubRequest
}

export interface ComposeTools {
  /** Milliseconds since the epoch. */
  now: () => number
  newId: (prefix: string) => string
}

/** Of one connection, or of the length and form that bytes had then. `set-cookie` was somebody's session. */
const NOT_REPEATED =
  /^(?:connection|keep-alive|transfer-encoding|content-length|content-encoding|content-type|date|trailer|upgrade|set-cookie|x-lazuli-.*)$/i

const NO_UNDO: AnswerUndo = { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map() }

export function composeAnswer(recording: Recording, asked: AskedFor, tools: ComposeTools): ComposedAnswer {
  const { attempt, exchange } = recording
  const recorded = attempt.responseHeaders ?? []
  const headers: Header[] = recorded.filter(([name]) => !NOT_REPEATED.test(name))
  const type = recorded.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'application/json'
  const status = attempt.status ?? 0
  const headMs = Math.max(0, (attempt.headersMs ?? attempt.firstByteMs ?? attempt.startMs) - attempt.startMs)
  const cut = status < 400 && (attempt.failure !== undefined || exchange.detail.summary.state === 'aborted')
  if (status === 0) return { status, headers: [], headMs: endedMs(recording), frames: [], cut: true }
  const isSame = asked.dialect === recording.dialect
  if (status >= 400) {
    if (isSame)
      return { status, headers: [...headers, ['content-type', type]], headMs, frames: plainFrames(recording), cut }
    return { ...translatedError(recording, asked), headMs, cut }
  }
  const streamed = isStream(recorded)
  if (isSame && streamed === asked.request.stream) {
    return { status, headers: [...headers, ['content-type', type]], headMs, frames: plainFrames(recording), cut }
  }
  const form = { recording, asked, tools, headers, headMs, cut }
  return asked.request.stream ? streamOf(form) : wholeOf(form)
}

interface Form {
  recording: Recording
  asked: AskedFor
  tools: ComposeTools
  headers: Header[]
  headMs: number
  cut: boolean
}

const endedMs = ({ attempt }: Recording): number => Math.max(0, (attempt.endMs ?? attempt.startMs) - attempt.startMs)

const atOf = ({ attempt }: Recording, event: LaneEvent): number => Math.max(0, event.atMs - attempt.startMs)

/** The recorded bytes. Half an event at the end of a stream that broke stays half. */
function plainFrames(recording: Recording): Frame[] {
  const { events } = recording.exchange.upstream
  const stream = isStream(recording.attempt.responseHeaders ?? [])
  return events.map((event) => ({
    atMs: atOf(recording, event),
    text: stream && isWhole(event) ? eventText(event) : event.raw,
  }))
}

/** Is the data of the event complete? Only the last one may not be, where the stream broke. */
function isWhole({ raw }: LaneEvent): boolean {
  const data = [...raw.matchAll(/^data: ?(.*)$/gm)].map((line) => line[1]).join('\n')
  if (!data.startsWith('{')) return true
  try {
    JSON.parse(data)
    return true
  } catch {
    return false
  }
}

function streamOf(form: Form): ComposedAnswer {
  const { asked, headers, headMs, cut } = form
  const encoder = dialectOf(asked.dialect).createEventEncoder(contextOf(form))
  const frames: Frame[] = []
  for (const { atMs, events } of hubEvents(form)) {
    const text = events.map((event) => encoder.push(event)).join('')
    if (text !== '') frames.push({ atMs, text })
  }
  return {
    status: 200,
    headers: [...headers, ['content-type', 'text/event-stream; charset=utf-8'], ['cache-control', 'no-cache']],
    headMs,
    frames,
    cut,
  }
}

/** It comes when the last of it had come. */
function wholeOf(form: Form): ComposedAnswer {
  const { asked, headers, headMs, cut } = form
  const timed = hubEvents(form)
  const events = timed.flatMap((one) => one.events)
  const atMs = timed.at(-1)?.atMs ?? headMs
  const json: Header[] = [...headers, ['content-type', 'application/json']]
  const last = events.at(-1)
  const dialect = dialectOf(asked.dialect)
  if (last?.type === 'error') return { ...errorAnswer(dialect, last.error, atMs), headMs: atMs, cut: false }
  // A whole answer has no beginning that could have been sent.
  if (cut || last?.type !== 'end') return { status: 200, headers: json, headMs: atMs, frames: [], cut: true }
  const text = JSON.stringify(dialect.encodeAnswer(events, contextOf(form)))
  return { status: 200, headers: json, headMs: atMs, frames: [{ atMs, text }], cut: false }
}

/** The recorded answer in neutral form, in steps as it came. */
function hubEvents(form: Form): { atMs: number; events: HubEvent[] }[] {
  const { recording, headMs, cut } = form
  const { upstream } = recording.exchange
  const dialect = dialectOf(recording.dialect)
  const headers = recording.attempt.responseHeaders ?? []
  const last = upstream.events.at(-1)
  const endMs = last === undefined ? headMs : atOf(recording, last)
  if (!isStream(headers)) {
    return [{ atMs: endMs, events: dialect.decodeAnswer(parsed(laneText(upstream, headers)), contextOf(form)) }]
  }
  const decoder = dialect.createEventDecoder(contextOf(form))
  const reader = new SseReader()
  const steps = plainFrames(recording).map(({ atMs, text }) => ({
    atMs,
    events: reader.push(Buffer.from(text)).flatMap((event) => decoder.push(event)),
  }))
  if (!cut)
    steps.push({ atMs: endMs, events: [...reader.end().flatMap((event) => decoder.push(event)), ...decoder.end()] })
  return steps
}

function contextOf({ recording, asked, tools }: Form): AnswerContext {
  return {
    request: asked.request,
    undo: undoOf(recording),
    upstreamDialect: recording.dialect,
    now: tools.now,
    newId: tools.newId,
    lose() {},
  }
}

/** What was changed for the upstream then (names of tools, a schema as a forced tool) is taken back. */
function undoOf({ asked, dialect, attempt, exchange }: Recording): AnswerUndo {
  if (asked === undefined || asked.dialect === dialect) return NO_UNDO
  const model = exchange.detail.decision?.target?.baseModel ?? attempt.deployment
  try {
    const target = { deployment: attempt.deployment, profile: profileOf(model), stream: asked.stream }
    return dialectOf(dialect).encodeRequest(asked, target).undo
  } catch {
    return NO_UNDO
  }
}

function translatedError(
  recording: Recording,
  { dialect }: AskedFor,
): Pick<ComposedAnswer, 'status' | 'headers' | 'frames'> {
  const { attempt, exchange } = recording
  const headers = Object.fromEntries(
    (attempt.responseHeaders ?? []).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const text = exchange.upstream.events.map(({ raw }) => raw).join('')
  const failure = { status: attempt.status ?? 502, headers, text }
  const error = dialectOf(recording.dialect).decodeError(failure)
  const [last] = exchange.upstream.events.slice(-1)
  const answer = errorAnswer(dialectOf(dialect), error, last === undefined ? 0 : atOf(recording, last))
  const kept = (attempt.responseHeaders ?? []).filter(([name]) => !NOT_REPEATED.test(name))
  const own = new Set(kept.map(([name]) => name.toLowerCase()))
  return { ...answer, headers: [...kept, ...answer.headers.filter(([name]) => !own.has(name))] }
}

/** An error as a dialect writes it. */
export function errorAnswer(
  dialect: Dialect,
  error: HubError,
  atMs: number,
): Pick<ComposedAnswer, 'status' | 'headers' | 'frames'> {
  const { status, headers, body } = dialect.encodeError(error)
  const all: Header[] = [...Object.entries(headers), ['content-type', 'application/json']]
  return { status, headers: all, frames: [{ atMs, text: JSON.stringify(body) }] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
