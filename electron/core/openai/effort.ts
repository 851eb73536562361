import type { Effort } from '../hub.ts'
import { invalid, optionalString } from './fields.ts'

const efforts: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/**
 * How much a model shall think, as a request says it.
 * @param path of the field, as its API names it
 * @throws LazuliError for a word that is none of them
 */
export function decodeEffort(value: unknown, path: string): Effort | undefined {
  const effort = optionalString(value, path)
  if (effort === undefined || efforts.has(effort)) return effort as Effort | undefined
  throw invalid(path, `${path} "${effort}" is not one of ${[...efforts].join(', ')}.`)
}
