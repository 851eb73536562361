/** Reads fields of a client's body: the right type or a 400 that names the path. `null` counts as absent everywhere. */
import { LazuliError } from '../error.ts'

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function invalid(path: string, message: string): LazuliError {
  return new LazuliError({ code: 'proxy_invalid_request', status: 400, param: path, message })
}

export function fieldsAt(value: unknown, path: string): Fields {
  if (isFields(value)) return value
  throw invalid(path, `${path} must be an object, not ${nameOf(value)}.`)
}

export function arrayAt(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value
  throw invalid(path, `${path} must be an array, not ${nameOf(value)}.`)
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw invalid(path, `${path} must be a string, not ${nameOf(value)}.`)
}

export function optionalFields(value: unknown, path: string): Fields | undefined {
  return isAbsent(value) ? undefined : fieldsAt(value, path)
}

export function optionalArray(value: unknown, path: string): unknown[] | undefined {
  return isAbsent(value) ? undefined : arrayAt(value, path)
}

export function optionalString(value: unknown, path: string): string | undefined {
  return isAbsent(value) ? undefined : stringAt(value, path)
}

export function optionalNumber(value: unknown, path: string): number | undefined {
  if (isAbsent(value)) return undefined
  if (typeof value === 'number') return value
  throw invalid(path, `${path} must be a number, not ${nameOf(value)}.`)
}

export function optionalBoolean(value: unknown, path: string): boolean | undefined {
  if (isAbsent(value)) return undefined
  if (typeof value === 'boolean') return value
  throw invalid(path, `${path} must be true or false, not ${nameOf(value)}.`)
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The fields that are there. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}
