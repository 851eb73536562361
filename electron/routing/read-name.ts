import { LazuliError } from '../core/error.ts'
import { normaliseModelName } from '../core/models/profiles.ts'
import { azureSpelling } from './model-aliases.ts'

/** A model name as it was asked for, and all the ways to read it. */
export interface NameReading {
  asked: string
  /** Lower-case, without doubles; the full name first, then with less and less, to be looked up in this order. */
  stages: readonly string[]
  /** The name under which Azure would know the model, when nothing is configured for it. */
  name: string
  /** What was taken off or respelled, e.g. `azure/`, `-20250929`. */
  changes: readonly string[]
}

/** Longest name that is taken, in characters. */
export const MAX_NAME = 256

const PREFIX = /^(?:azure|openai|anthropic)\//i
/** A date as OpenAI and Anthropic write it, as Vertex writes it, and Claude Code's mark of the long window. */
const ENDING = /(?:-(?:20\d{6}|\d{4}-\d{2}-\d{2})|@\d{8}|\[1m\])$/i
/** Families whose names are all lower-case; others (`DeepSeek-R1`) keep the spelling that was asked for. */
const LOWER_CASE =
  /^(?:gpt|chatgpt|o\d|claude|codex|computer-use|model-router|text-embedding|dall-e|whisper|tts|sora|davinci|babbage)(?![a-z])/i

/**
 * Reads a model name step by step.
 * @throws LazuliError `invalid_model_name` (400) for a name that cannot be one.
 */
export function readName(asked: string): NameReading {
  const problem = problemOf(asked)
  if (problem !== undefined) {
    throw new LazuliError({
      code: 'invalid_model_name',
      status: 400,
      message: `The model name ${problem}.`,
      fix: 'Send one of the names that /v1/models lists.',
      param: 'model',
    })
  }
  const changes: string[] = []
  const stages = new Set([asked.trim().toLowerCase()])
  let name = asked.trim()
  for (const [pattern, keepsRest] of [
    [PREFIX, true],
    [ENDING, false],
  ] as const) {
    for (let match = pattern.exec(name); match !== null && match[0] !== name; match = pattern.exec(name)) {
      changes.push(match[0])
      name = keepsRest ? name.slice(match[0].length) : name.slice(0, match.index)
      stages.add(name.toLowerCase())
    }
  }
  if (LOWER_CASE.test(name)) name = name.toLowerCase()
  const spelled = azureSpelling(name.toLowerCase())
  if (spelled !== name.toLowerCase()) {
    name = spelled
    changes.push(`spelled as ${spelled}`)
    stages.add(spelled)
  }
  // `-latest`, `-preview` and `:variant` belong to some names, so a name without them is only looked up, never made up.
  const bare = normaliseModelName(name).toLowerCase()
  stages.add(bare)
  stages.add(azureSpelling(bare))
  // Someone may have configured the spelling with dots (which has no dash to change again, so the loop ends).
  for (const stage of stages) stages.add(stage.replace(/^(claude-(?:[a-z]+-)?\d)-(?=\d(?:-|$))/, '$1.'))
  return { asked, stages: [...stages], name, changes }
}

/** A name for display: no control characters, not endless. */
export function shownName(name: string): string {
  const cut = name.length > 80 ? `${name.slice(0, 80)}…` : name
  return cut.toWellFormed().replace(UNSAFE_ALL, '�')
}

// oxlint-disable-next-line no-control-regex -- these are the characters to refuse
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const UNSAFE_ALL = new RegExp(UNSAFE, 'g')

/** Why a name can be neither a model nor a deployment; undefined if it can. */
export function problemOf(name: string): string | undefined {
  if (name.trim() === '') return 'is empty'
  if (name.length > MAX_NAME) return `is longer than ${MAX_NAME} characters`
  if (UNSAFE.test(name) || !name.isWellFormed()) return 'has control characters in it'
  // As one segment of a path these two would lead elsewhere, however they are encoded.
  if (name.trim() === '.' || name.trim() === '..') return 'is not a name'
  return undefined
}
