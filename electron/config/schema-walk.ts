/** Looking into the configuration's zod schema, so that one schema drives environment names and coercion too. */
import * as z from 'zod'

type Schema = z.core.$ZodType

/** Takes off optional, default, prefault and preprocess wrappers. */
export function bare(schema: Schema): z.ZodType {
  let inner = schema as z.ZodType
  for (;;) {
    const def = inner.def as { innerType?: z.ZodType; out?: z.ZodType }
    const next = def.innerType ?? def.out
    if (next === undefined) return inner
    inner = next
  }
}

export function fieldsOf(schema: Schema): Record<string, Schema> | undefined {
  const inner = bare(schema)
  return inner instanceof z.ZodObject ? inner.shape : undefined
}

/** Every setting that is not itself an object of settings, by its path: `server.port`, `instances`, … */
export function leavesOf(schema: Schema, path: readonly string[] = []): { path: readonly string[]; schema: Schema }[] {
  const fields = fieldsOf(schema)
  if (fields === undefined) return [{ path, schema }]
  return Object.entries(fields).flatMap(([key, field]) => leavesOf(field, [...path, key]))
}

/**
 * Turns texts into what the schema asks for, where that is plain: numbers, booleans, comma lists. Everything that does
 * not fit stays as it is, so that validation names it in the user's own spelling.
 */
export function coerce(schema: Schema, value: unknown): unknown {
  const inner = bare(schema)
  if (inner instanceof z.ZodUnion && typeof value === 'string') {
    const options = inner.options as readonly Schema[]
    if (options.some((option) => bare(option) instanceof z.ZodString)) return value
    const fitting = options.find((option) => bare(option).safeParse(coerce(option, value)).success)
    return fitting === undefined ? value : coerce(fitting, value)
  }
  if (inner instanceof z.ZodObject && isRecord(value)) {
    const fields = inner.shape as Record<string, Schema>
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, Object.hasOwn(fields, key) ? coerce(fields[key]!, each) : each]),
    )
  }
  if (inner instanceof z.ZodRecord && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coerce(inner.valueType, each)]))
  }
  if (inner instanceof z.ZodArray) {
    if (Array.isArray(value)) return value.map((each) => coerce(inner.element, each))
    if (typeof value === 'string' && !(bare(inner.element) instanceof z.ZodObject))
      return value
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')
        .map((each) => coerce(inner.element, each))
    return value
  }
  if (typeof value !== 'string')
    return typeof value === 'number' && inner instanceof z.ZodString ? String(value) : value
  const text = value.trim()
  if (inner instanceof z.ZodNumber && text !== '' && Number.isFinite(Number(text))) return Number(text)
  if (inner instanceof z.ZodBoolean && /^(true|1|yes|on)$/i.test(text)) return true
  if (inner instanceof z.ZodBoolean && /^(false|0|no|off)$/i.test(text)) return false
  return value
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
