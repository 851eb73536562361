import type { SavedFilter } from '../../shared/contract.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import { readAppState, type SettingsStore, writeAppState } from '../config/settings.ts'
import { LazuliError } from '../core/error.ts'

/** Most that are kept. */
const mostFilters = 100

export const savedFilters = (settings: SettingsStore): SavedFilter[] => readAppState(settings).filters ?? []

/**
 * Adds it at the end, or replaces the one of the same name in its place.
 * @throws LazuliError `filter_invalid`, `too_many_filters`
 */
export function saveFilter(settings: SettingsStore, saved: SavedFilter): SavedFilter[] {
  const { problem } = parseFilter(saved.filter)
  if (problem !== undefined) {
    throw new LazuliError({
      code: 'filter_invalid',
      status: 400,
      message: problem.message,
      ...(problem.suggestion === undefined ? {} : { fix: `Perhaps ${problem.suggestion} was meant.` }),
    })
  }
  const before = savedFilters(settings)
  const isKnown = before.some(({ name }) => name === saved.name)
  if (!isKnown && before.length >= mostFilters) {
    throw new LazuliError({
      code: 'too_many_filters',
      status: 400,
      message: `There are ${mostFilters} saved filters, which is the most that are kept.`,
      fix: 'Remove one that is not used any more.',
    })
  }
  return keep(settings, isKnown ? before.map((one) => (one.name === saved.name ? saved : one)) : [...before, saved])
}

export function removeFilter(settings: SettingsStore, name: string): SavedFilter[] {
  return keep(
    settings,
    savedFilters(settings).filter((one) => one.name !== name),
  )
}

function keep(settings: SettingsStore, filters: SavedFilter[]): SavedFilter[] {
  writeAppState(settings, { filters })
  return filters
}
