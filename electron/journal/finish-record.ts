/**
 * Makes of a record what is stored: puts the pieces together, reads the figures, masks every known secret. Runs in the
 * recorder's thread.
 */
import { entryOf, type SumEntry } from '../core/accounting.ts'
import { priced } from '../core/models/prices.ts'
import type { Cost, DialectId, ExchangeFlag, ExchangeSummary, Finding, RequestPart } from '../../shared/exchange.ts'
import { type Content, emptySection, packContent, type Section, type Span } from './content.ts'
import { digestOfBody, longRunsOf, type Run, withoutLongRuns } from './findings/digest.ts'
import { findAll } from './findings/find.ts'
import type { Memory } from './findings/memory.ts'
import { readRequest } from './findings/read-request.ts'
import type { LaneParts } from './lane-buffer.ts'
import { isEventStream } from './lane-events.ts'
import type { BodyParts, ExchangeRecord, RecordedDetail } from './protocol.ts'
import type { Redactor } from './redact.ts'
import { searchableText } from './searchable-text.ts'
import { type Words, wordsOf } from './texts.ts'
import { type Figures, readFigures } from './usage.ts'

/** One exchange, ready to be stored. */
export interface FinishedRecord {
  id: string
  /** When its time in the store begins, milliseconds since the epoch. */
  startedAt: number
  summary: ExchangeSummary
  content: Buffer
  /** What it adds to the sums; absent when it is not counted, or was counted already. */
  sum?: SumEntry
  /** What it can be found by; absent: to be read of the content, later. */
  words?: Words
}

const none = { at: new Float64Array(), ends: new Uint32Array() }

/** A part's bytes as they came and as they are stored: the same buffer where nothing had to be masked. */
interface Base {
  raw: Buffer
  masked: Buffer
}

/** References stay only where the bytes are still the same after masking. */
function checked(spans: readonly Span[], bytes: Buffer, base: Base, raw: Buffer): Span[] {
  if (bytes === raw && base.masked === base.raw) return [...spans]
  let offset = 0
  return spans.map((span) => {
    const length = typeof span === 'number' ? span : span[1]
    const mine = bytes.subarray(offset, offset + length)
    offset += length
    if (typeof span === 'number') return span
    return mine.equals(base.masked.subarray(span[0], span[0] + length)) ? span : length
  })
}

/** Pieces as one buffer; a single one is not copied. */
function joined(pieces: readonly Uint8Array[]): Buffer {
  const [first] = pieces
  if (pieces.length !== 1 || first === undefined) return Buffer.concat(pieces)
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
}

/** Masks what is made of pieces of a base: where that is clean, only the seams and what is new have to be looked at. */
function maskedOver(raw: Buffer, spans: readonly Span[], base: Base, redactor: Redactor): Buffer {
  if (base.masked !== base.raw) return redactor.masked(raw)
  let offset = 0
  for (const span of spans) {
    const before = Math.max(0, offset - redactor.longest)
    const length = typeof span === 'number' ? span : span[1]
    const isNew = typeof span === 'number'
    if (redactor.found(raw.subarray(before, offset + (isNew ? length : 0) + redactor.longest))) {
      return redactor.masked(raw)
    }
    offset += length
  }
  return raw
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

const viewsOf = ({ pieces }: BodyParts, base: Base): Buffer[] =>
  pieces.map((piece) =>
    piece instanceof Uint8Array ? bufferOf(piece) : base.raw.subarray(piece.from, piece.from + piece.length),
  )
const spansOf = ({ pieces }: BodyParts): Span[] =>
  pieces.map((piece): Span => (piece instanceof Uint8Array ? piece.length : [piece.from, piece.length]))

/** An attempt's body, which is mostly the client's: that is not copied to be looked through again. */
function attemptBody(parts: BodyParts, base: Base, redactor: Redactor): Section {
  const views = viewsOf(parts, base)
  const own = views.filter((_, index) => parts.pieces[index] instanceof Uint8Array)
  if (base.masked !== base.raw || own.some((piece) => redactor.found(piece)) || isAcrossSeam(views, redactor)) {
    return body(parts, base, redactor)
  }
  const { total, truncated } = parts
  return { bytes: Buffer.alloc(0), own, spans: spansOf(parts), total, truncated, ...none }
}

/** Does a secret begin in one piece and end in a later one? */
function isAcrossSeam(pieces: readonly Buffer[], redactor: Redactor): boolean {
  const most = redactor.longest
  let before = Buffer.alloc(0)
  for (const piece of pieces) {
    if (before.length > 0 && redactor.found(Buffer.concat([before, piece.subarray(0, most)]))) return true
    before = Buffer.concat([before, piece.subarray(-most)]).subarray(-most)
  }
  return false
}

function body(parts: BodyParts, base: Base, redactor: Redactor): Section & { raw: Buffer } {
  const raw = joined(viewsOf(parts, base))
  const spans = spansOf(parts)
  const bytes = maskedOver(raw, spans, base, redactor)
  return {
    raw,
    bytes,
    total: parts.total,
    truncated: parts.truncated,
    spans: checked(spans, bytes, base, raw),
    ...none,
  }
}

function lane(parts: LaneParts, base: Base, redactor: Redactor): Section & { raw: Buffer } {
  const own = joined(parts.slabs)
  const same = base.raw.subarray(0, parts.mirrored)
  const raw = parts.mirrored === 0 ? own : own.length === 0 ? same : Buffer.concat([same, own])
  const spans: Span[] = parts.mirrored === 0 ? [own.length] : [[0, parts.mirrored], own.length]
  const bytes = maskedOver(raw, spans, base, redactor)
  const { total, truncated, at, ends, causes } = parts
  return {
    raw,
    bytes,
    total,
    truncated,
    spans: checked(spans, bytes, base, raw),
    at,
    ends,
    ...(causes === undefined ? {} : { causes }),
  }
}

/** The upstream's own answer is the better source: what the client did not ask for was taken out of its lane. */
function figuresOf(record: ExchangeRecord, upstream: Buffer, client: Buffer): Figures {
  const { summary, detail } = record
  const read = (dialect: DialectId | undefined, headers: typeof detail.responseHeaders, bytes: Buffer): Figures => {
    if (dialect === undefined || bytes.length === 0) return { flags: [] }
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
    return readFigures(dialect, isEventStream(type), bytes)
  }
  const above = read(summary.upstreamDialect, detail.attempts.at(-1)?.responseHeaders ?? [], upstream)
  const below = above.usage === undefined ? read(summary.clientDialect, detail.responseHeaders, client) : undefined
  const usage = summary.usage ?? above.usage ?? below?.usage
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(above.model === undefined ? {} : { model: above.model }),
    flags: [...above.flags, ...(below?.flags ?? [])],
  }
}

/** A simulated answer, or one that is played again, costs nothing and has no price. */
function costOfRecord({ summary, served, prices }: ExchangeRecord, { usage, model }: Figures): Cost | undefined {
  if (usage === undefined || served === undefined) return undefined
  if (served.providerType === 'simulator' || served.providerType === 'recording') return undefined
  const { instance, deployment, startedAt } = summary
  return priced(usage, { baseModel: served.baseModel, instance, deployment, answered: model }, startedAt, prices)
}

function finishSummary(
  record: ExchangeRecord,
  figures: Figures,
  cost: Cost | undefined,
  redactor: Redactor,
): ExchangeSummary {
  const flags = new Set<ExchangeFlag>([...record.summary.flags, ...figures.flags])
  const usage = figures.usage === undefined ? {} : { usage: figures.usage }
  const paid = cost === undefined ? {} : { cost: cost.total }
  return redactor.deep({ ...record.summary, ...usage, ...paid, flags: [...flags] })
}

/** What is seen in an exchange that is kept; the memory of those before it grows by it. */
function findingsIn(
  record: ExchangeRecord,
  summary: ExchangeSummary,
  read: { raw: Buffer; runs: readonly Run[]; upstream: Section; client: Section },
  memory: Memory,
): { parts?: RequestPart[]; findings?: Finding[] } {
  const { raw, runs, upstream, client } = read
  if (record.unseen === true) return {}
  const short = withoutLongRuns(raw, undefined, runs)
  const request = readRequest(raw, summary.clientDialect, short)
  const findings = findAll(
    { summary, detail: record.detail, digest: digestOfBody(short), request, upstream, client },
    memory,
  )
  return {
    ...(request === undefined || request.parts.length === 0 ? {} : { parts: request.parts }),
    ...(findings.length === 0 ? {} : { findings }),
  }
}

/**
 * @param memory of the exchanges before it
 * @param largest most bytes that one exchange may take in the store; beyond, its bodies and lanes are left out
 * @param readsWords while the bytes are at hand
 */
export function finishRecord(
  record: ExchangeRecord,
  redactor: Redactor,
  largest: number,
  memory: Memory,
  readsWords = true,
): FinishedRecord {
  const nobody = Buffer.alloc(0)
  const nothing: Base = { raw: nobody, masked: nobody }
  const request = body(record.request, nothing, redactor)
  const base = { raw: request.raw, masked: request.bytes }
  const attempts = record.attemptBodies.map((parts) => attemptBody(parts, base, redactor))
  const upstream = lane(record.upstream, nothing, redactor)
  const client = lane(record.client, { raw: upstream.raw, masked: upstream.bytes }, redactor)
  const figures = figuresOf(record, upstream.raw, client.raw)
  const cost = costOfRecord(record, figures)
  const counted = finishSummary(record, figures, cost, redactor)
  const runs = longRunsOf(request.raw)
  const { parts, findings } = findingsIn(record, counted, { raw: request.raw, runs, upstream, client }, memory)
  const summary: ExchangeSummary = {
    ...counted,
    ...(parts === undefined ? {} : { parts }),
    ...(findings === undefined ? {} : { findings: findings.map(({ kind }) => kind) }),
  }
  const detail: RecordedDetail = {
    ...record.detail,
    ...(cost === undefined ? {} : { cost }),
    ...(findings === undefined ? {} : { findings }),
  }
  const redact = (head: string): string => redactor.text(head)
  let kept: Content = { detail, request, attempts, upstream, client }
  let content = record.bodies ? packContent(kept, redact) : undefined
  if (content === undefined || content.length > largest) {
    kept = {
      detail,
      request: emptySection(request.total),
      attempts: attempts.map((attempt) => emptySection(attempt.total)),
      upstream: emptySection(upstream.total),
      client: emptySection(client.total),
    }
    content = packContent(kept, redact)
  }
  const sum = entryOf(summary, record.served?.providerType)
  const isAsSent = kept.request.bytes === request.raw
  const words = readsWords ? wordsOf(summary, searchableText(kept, summary, isAsSent ? runs : undefined)) : undefined
  return {
    id: summary.id,
    startedAt: summary.startedAt,
    summary,
    content,
    ...(sum === undefined ? {} : { sum }),
    ...(words === undefined ? {} : { words }),
  }
}
