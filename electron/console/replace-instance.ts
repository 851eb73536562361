import type { Instance } from '../../shared/config.ts'

/** The list of the settings file with one instance added, replaced (by name) or, without `next`, taken out. */
export function replaced(
  list: unknown,
  name: string | undefined,
  next: Omit<Instance, 'api_key'> | undefined,
): unknown[] {
  const items = Array.isArray(list) ? (list as { name: string }[]) : []
  const at = name === undefined ? -1 : items.findIndex((item) => item.name.toLowerCase() === name.toLowerCase())
  if (at === -1) return next === undefined ? items : [...items, next]
  return items.toSpliced(at, 1, ...(next === undefined ? [] : [next as { name: string }]))
}
