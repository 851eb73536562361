/** Reading a client's JSON field by field; what is missing or of the wrong kind is refused with its path. */
import { LazuliError } from '../../error.ts'

export type Fields = Record<string, unknown>

export function invalid(path: string, message: string): LazuliError {
  return new LazuliError({ code: 'proxy_invalid_request', status: 400, param: path, message })
}

/** @param fix the way out */
export function unsupported(path: string, message: string, fix: string): LazuliError {
  return new LazuliError({ code: 'unsupported_by_upstream', status: 400, param: path, message, fix })
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function fieldsAt(value: unknown, path: string): Fields {
  if (!isFields(value)) throw invalid(path, 'Input should be an object.')
  return value
}

export function listAt(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw invalid(path, 'Input should be a list.')
  return value
}

export function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalid(path, 'Input should be a string.')
  return value
}

/** Null counts as absent, as it does in Anthropic's own schema for optional fields. */
export function optionalText(value: unknown, path: string): string | undefined {
  return value === undefined || value === null ? undefined : textAt(value, path)
}

export function optionalNumber(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(path, 'Input should be a number.')
  return value
}

export function optionalBoolean(value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw invalid(path, 'Input should be a boolean.')
  return value
}

export function optionalFields(value: unknown, path: string): Fields | undefined {
  return value === undefined || value === null ? undefined : fieldsAt(value, path)
}
