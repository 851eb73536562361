/**
 * Same dialect on both sides: the body goes through as it came, but for the model's name, the parameters that the
 * model's family refuses (dialects.md §9) and the question for usage.
 */
import type { DialectId, Loss } from '../../shared/exchange.ts'
import { fitToModel as fitChat } from '../core/dialects/chat/fit-to-model.ts'
import { fitToModel as fitResponses } from '../core/dialects/responses/fit-to-model.ts'
import type { ModelProfile } from '../core/models/profile.ts'
import type { Asked } from './asked.ts'
import { fitClaude } from './fit-claude.ts'
import { splice } from './splice.ts'
import type { Edit } from './splice.ts'

export interface FittedInPlace {
  pieces: Buffer[]
  losses: Loss[]
  /** We asked for the chunk that tells the usage; the client did not. */
  usageAsked: boolean
}

export interface FitOptions {
  deployment: string
  dialect: DialectId
  profile: ModelProfile
  /** May `stream_options` be added? Old API versions and some servers refuse it. */
  mayAskUsage: boolean
}

/** The parts of a body that may be megabytes; their content is of no interest here, only whether they are there. */
const BULKY = new Set(['messages', 'tools', 'functions', 'system', 'input'])
const SOMETHING = [{}]

export function fitInPlace(asked: Asked, options: FitOptions): FittedInPlace {
  const edits: Edit[] = []
  const { deployment, dialect, profile } = options
  if (deployment !== asked.model)
    edits.push({ type: 'value', member: asked.modelMember, json: JSON.stringify(deployment) })
  const source = fieldsOf(asked, dialect, profile)
  const fitted = fit(source, dialect, profile)
  edits.push(...editsBetween(source, fitted.body, asked))
  const noStream = asked.stream && !profile.streams
  const usageAsked = dialect === 'chat' && asked.stream && !noStream && options.mayAskUsage && askUsage(asked, edits)
  if (noStream) dontStream(asked, edits)
  return { pieces: splice(asked.body, asked.members, edits), losses: [...fitted.losses], usageAsked }
}

function fit(
  source: Record<string, unknown>,
  dialect: DialectId,
  profile: ModelProfile,
): { body: Record<string, unknown>; losses: Loss[] } {
  switch (dialect) {
    case 'chat':
      return fitChat(source, profile, 'chat')
    case 'responses':
      return fitResponses(source, profile, 'responses')
    case 'messages':
      return fitClaude(source, profile)
  }
}

/** The top-level fields that a fix may concern, parsed; the bulky ones stand for themselves. */
function fieldsOf(asked: Asked, dialect: DialectId, profile: ModelProfile): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const { key, valueStart, valueEnd } of asked.members) {
    if (key === 'model' || key === 'stream' || key === 'stream_options' || key === '__proto__') continue
    if (!BULKY.has(key)) fields[key] = asked.value(key)
    else if (key === 'messages') {
      if (dialect === 'chat' ? concernsMessages(asked, profile) : mayHoldForeignThinking(asked)) {
        fields[key] = asked.value(key)
      }
    } else if (key === 'input') {
      // Thoughts of another maker came to the client in our envelope.
      if (dialect === 'responses' && asked.body.includes('"lz1.')) fields[key] = asked.value(key)
    } else if (
      valueEnd - valueStart > 4 ||
      !/^(?:\[\s*\]|null)$/.test(asked.body.toString('latin1', valueStart, valueEnd))
    ) {
      fields[key] = SOMETHING
    } else fields[key] = asked.value(key)
  }
  return fields
}

/** Only these make a Chat body's messages unfit for a model that is spoken to in Chat. */
function concernsMessages(asked: Asked, profile: ModelProfile): boolean {
  return (
    profile.instructionRole === 'user' ||
    // Beside `system`, and by models of other makers than OpenAI, it is refused.
    asked.body.includes('"developer"') ||
    asked.body.includes('"reasoning_content"') ||
    asked.body.includes('"reasoning_details"')
  )
}

/** Thinking of other models comes back in our envelope or with an empty signature; a look at the bytes is enough. */
function mayHoldForeignThinking(asked: Asked): boolean {
  const member = asked.field('messages')
  if (member === undefined) return false
  const body = asked.body.subarray(member.valueStart, member.valueEnd)
  if (body.includes('"lz1.')) return true
  if (!body.includes('"thinking"')) return false
  return body.includes('"signature":""') || body.includes('"signature": ""') || !body.includes('"signature"')
}

function editsBetween(source: Record<string, unknown>, fitted: Record<string, unknown>, asked: Asked): Edit[] {
  if (source === fitted) return []
  const edits: Edit[] = []
  const gone = new Set(Object.keys(source).filter((key) => !(key in fitted)))
  const added = Object.keys(fitted).filter((key) => !(key in source))
  for (const key of Object.keys(source)) {
    const member = asked.field(key)
    if (member === undefined) continue
    // The output limit under its other name keeps its place.
    const renamed =
      key === 'max_tokens' || key === 'max_completion_tokens'
        ? added.find((name) => name.startsWith('max_'))
        : undefined
    if (gone.has(key) && renamed !== undefined && fitted[renamed] === source[key]) {
      edits.push({ type: 'key', member, key: renamed })
      added.splice(added.indexOf(renamed), 1)
    } else if (gone.has(key)) edits.push({ type: 'remove', member })
    else if (fitted[key] !== source[key] && JSON.stringify(fitted[key]) !== JSON.stringify(source[key])) {
      edits.push({ type: 'value', member, json: JSON.stringify(fitted[key]) })
    }
  }
  for (const key of added) {
    edits.push({ type: 'insert', after: asked.modelMember, key, json: JSON.stringify(fitted[key]) })
  }
  return edits
}

/** @returns whether the question was added */
function askUsage(asked: Asked, edits: Edit[]): boolean {
  const member = asked.field('stream_options')
  const streamMember = asked.field('stream')
  const value = asked.value('stream_options')
  const given =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  if (given['include_usage'] === true) return false
  const json = JSON.stringify({ ...given, include_usage: true })
  if (member !== undefined) edits.push({ type: 'value', member, json })
  else if (streamMember !== undefined) edits.push({ type: 'insert', after: streamMember, key: 'stream_options', json })
  return true
}

/** The model cannot stream: it is asked for a whole answer, which is streamed from here. */
function dontStream(asked: Asked, edits: Edit[]): void {
  const stream = asked.field('stream')
  const options = asked.field('stream_options')
  if (stream !== undefined) edits.push({ type: 'value', member: stream, json: 'false' })
  if (options !== undefined) edits.push({ type: 'remove', member: options })
}
