/** Log probabilities, which both of OpenAI's APIs write alike. */
import type { Logprob } from '../hub.ts'
import { isFields, type Fields } from './fields.ts'

/** A list of tokens; undefined for an empty one and for what is none. */
export function decodeLogprobs(value: unknown): Logprob[] | undefined {
  if (!Array.isArray(value)) return undefined
  const logprobs = value.filter(isFields).map(decodeLogprob)
  return logprobs.length === 0 ? undefined : logprobs
}

function decodeLogprob(entry: Fields): Logprob {
  const top = Array.isArray(entry['top_logprobs']) ? entry['top_logprobs'].filter(isFields) : []
  return { ...tokenOf(entry), top: top.map(tokenOf) }
}

function tokenOf(entry: Fields): Omit<Logprob, 'top'> {
  return {
    token: typeof entry['token'] === 'string' ? entry['token'] : '',
    logprob: typeof entry['logprob'] === 'number' ? entry['logprob'] : 0,
    bytes: Array.isArray(entry['bytes']) ? (entry['bytes'] as number[]) : null,
  }
}

export function encodeLogprobs(logprobs: readonly Logprob[]): unknown[] {
  return logprobs.map(({ top, ...token }) => ({ ...token, top_logprobs: top }))
}
