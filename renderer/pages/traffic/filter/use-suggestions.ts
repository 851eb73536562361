import { useEffect, useMemo, useState } from 'react'
import { suggestFilter, valueSuggestions, type Suggestion } from '../../../../shared/filter/suggest.ts'
import { useServices } from '../../../services.tsx'

const MOST_SHOWN = 40

/** What could be typed next; values that only the store knows come a moment later. */
export function useSuggestions(text: string, caret: number, open: boolean): readonly Suggestion[] {
  const { console } = useServices()
  const { items, wanted } = useMemo(() => suggestFilter(text, caret), [text, caret])
  const [stored, setStored] = useState<{ key: string; items: readonly Suggestion[] }>()
  const key = wanted ? JSON.stringify(wanted) : ''
  useEffect(() => {
    if (!open || !wanted) return
    const abort = new AbortController()
    const { field, prefix } = wanted
    console.traffic.suggest({ field, prefix }, { signal: abort.signal }).then(
      ({ values }) => {
        if (!abort.signal.aborted) setStored({ key, items: valueSuggestions(wanted, values) })
        return undefined
      },
      // Without the store there is just nothing to suggest.
      () => undefined,
    )
    return () => abort.abort()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `key` says all of `wanted`
  }, [console, key, open])
  return useMemo(
    () => [...items, ...(stored?.key === key ? stored.items : [])].slice(0, MOST_SHOWN),
    [items, stored, key],
  )
}
