/** The words of a recorded exchange that are worth looking for: what was said, without the syntax around it. */
import { segmented } from '../../shared/filter/words.ts'
import type { DialectId, ExchangeSummary } from '../../shared/exchange.ts'
import type { Content, Section } from './content.ts'
import { type Run, withoutLongRuns } from './findings/digest.ts'
import { isEventStream } from './lane-events.ts'

/** Of a longer text the beginning and the end are taken: agents repeat the middle in every turn. */
const beginning = 64 * 1024
const ending = 192 * 1024
/** A larger document is not read. */
const largestDocument = 16 * 1024 * 1024
/** A longer value without a blank is no text: a picture, a signature, encrypted reasoning. */
const longestWord = 512
const blank = 0x20
/** What is binary shows it early, nearly always. */
const looked = 64 * 1024

/** The members of an event that carry what the model says, a piece at a time. */
const pieces: Readonly<Record<DialectId, RegExp>> = {
  chat: /"(content|reasoning_content|reasoning|refusal|arguments|name)":\s?"((?:[^"\\]|\\.)*)"/g,
  responses: /"(delta|name)":\s?"((?:[^"\\]|\\.)*)"/g,
  messages: /"(text|thinking|partial_json|name)":\s?"((?:[^"\\]|\\.)*)"/g,
}

/**
 * Request and answer as one text.
 * @param runs the long runs of the request, where they are known
 */
export function searchableText(content: Content, summary: ExchangeSummary, runs?: readonly Run[]): string {
  const answered = content.client.bytes.length > 0
  const answer = answered ? content.client : content.upstream
  const dialect = answered ? summary.clientDialect : summary.upstreamDialect
  const headers = answered ? content.detail.responseHeaders : content.detail.attempts.at(-1)?.responseHeaders
  const type = headers?.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const said = isEventStream(type) && dialect !== undefined ? fromEvents(answer, dialect) : fromDocument(answer)
  return segmented(`${shortened(fromDocument(content.request, runs))}\n${shortened(said)}`)
}

function fromEvents({ bytes }: Section, dialect: DialectId): string {
  if (bytes.length > largestDocument) return ''
  let text = ''
  let last: string | undefined
  for (const [, member, value = ''] of bytes.toString('utf8').matchAll(pieces[dialect])) {
    if (member !== last && text !== '') text += '\n'
    last = member
    text += value.includes('\\') ? unescaped(value) : value
  }
  return text
}

function unescaped(value: string): string {
  try {
    return JSON.parse(`"${value}"`) as string
  } catch {
    return value
  }
}

/** All texts of a JSON document, of long ones the ends; what is not JSON is taken as it is, unless it is binary. */
function fromDocument({ bytes }: Section, runs?: readonly Run[]): string {
  if (bytes.length === 0 || bytes.length > largestDocument || bytes.subarray(0, looked).includes(0)) return ''
  const short = withoutLongRuns(bytes, endsOf, runs)
  const texts = textsOf(short.toString('utf8')) ?? (short === bytes ? undefined : textsOf(bytes.toString('utf8')))
  return texts ?? (bytes.includes(0) ? '' : bytes.toString('utf8'))
}

/** Undefined for what is not JSON. */
function textsOf(source: string): string | undefined {
  try {
    const texts: string[] = []
    gather(JSON.parse(source), texts)
    return texts.join('\n')
  } catch {
    return undefined
  }
}

/**
 * The beginning and the end of a long text, cut at blanks: no letter and no escape goes through one. Nothing of what is no
 * text; a text without blanks stays as it is.
 */
function endsOf(run: Buffer): Buffer {
  const start = run.subarray(0, longestWord)
  if (!start.includes(blank)) return start.includes('\\n') ? run : Buffer.alloc(0)
  const last = run.lastIndexOf(blank, beginning)
  const first = run.indexOf(blank, Math.max(last, run.length - ending))
  return first === -1 ? run : Buffer.concat([run.subarray(0, last), run.subarray(first)])
}

function gather(value: unknown, texts: string[]): void {
  if (typeof value === 'string') {
    if (value.length <= longestWord || /\s/.test(value.slice(0, longestWord))) texts.push(value)
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) gather(member, texts)
  }
}

const shortened = (text: string): string =>
  text.length <= beginning + ending ? text : `${text.slice(0, beginning)}\n${text.slice(-ending)}`
