/** Local keys with rules of their own: who came with one, and what it may be used for. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Configuration, NamedKey } from '../config/configuration.ts'
import { keyOf } from '../config/named-keys.ts'
import { LazuliError } from '../core/error.ts'
import { matchesPattern } from '../../shared/model-pattern.ts'
import { callerKeys } from './caller-keys.ts'
import type { Operation } from './operations/operation.ts'

/** The named key that a request carries and that still opens. @param now milliseconds since the epoch */
export function namedKey(
  headers: IncomingHttpHeaders,
  { keys }: Pick<Configuration, 'keys'>,
  now: number,
): NamedKey | undefined {
  if (keys.length === 0) return undefined
  return callerKeys(headers)
    .map(({ value }) => keyOf(value, keys))
    .find((key) => key !== undefined && !isExpired(key, now))
}

export function isExpired({ expiresAt }: Pick<NamedKey, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt
}

/** Does a key that opened a connection still open one? It may have been revoked, made anew, or have expired. */
export function stillOpens(key: NamedKey, { keys }: Pick<Configuration, 'keys'>, now: number): boolean {
  const same = keys.find((one) => one.digest.equals(key.digest))
  return same !== undefined && !isExpired(same, now)
}

/** May the key be used for a model of this name? Without a key there is no such rule. */
export function mayUse(key: NamedKey | undefined, model: string): boolean {
  return key?.models === undefined || key.models.some((pattern) => matchesPattern(pattern, model))
}

/** @throws LazuliError 403 */
export function checkModel(key: NamedKey | undefined, model: string): void {
  if (key === undefined || mayUse(key, model)) return
  throw new LazuliError({
    code: 'proxy_model_not_allowed',
    status: 403,
    message: `The local key ${key.name} may not use the model ${model.slice(0, 200)}.`,
    fix: `It may use ${shown(key.models ?? [])}. Ask for one of these, or use another key; keys are made in Settings.`,
    param: 'model',
  })
}

/**
 * What names no model may still run any: a batch, a fine-tuning job. A key for some models alone opens the things of
 * its own conversations, and nothing else.
 * @throws LazuliError 403
 */
export function checkOperation(key: NamedKey | undefined, { name, path }: Pick<Operation, 'name' | 'path'>): void {
  if (key?.models === undefined || /^\/responses\/[^/]/.test(path)) return
  throw new LazuliError({
    code: 'proxy_operation_not_allowed',
    status: 403,
    message: `The local key ${key.name} is for some models alone, and ${name} names none.`,
    fix: 'Use a key without a list of models for this; keys are made in Settings.',
  })
}

function shown(models: readonly string[]): string {
  const some = models.slice(0, 8).join(', ')
  return models.length > 8 ? `${some} and ${models.length - 8} more` : some
}
