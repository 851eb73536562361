import { useCallback, useEffect, useState } from 'react'
import type { Failure } from '../../shared/exchange.ts'
import { failureOf } from '../console.ts'

export interface Answer<T> {
  value: T | undefined
  failure: Failure | undefined
  loading: boolean
  /** Takes over a newer value, e.g. what saving answered. */
  set: (value: T) => void
  /** Asks again. */
  reload: () => void
}

/** One question to the engine, asked again when one of `keys` changes. Answers that come too late are dropped. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Answer<T> {
  const [state, setState] = useState<{ value?: T | undefined; failure?: Failure | undefined; loading: boolean }>({
    loading: true,
  })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    setState((before) => ({ ...before, loading: true }))
    ask(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ value, loading: false })
        return undefined
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ ...before, failure: failureOf(error), loading: false }))
      },
    )
    return () => abort.abort()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller names what the question depends on
  }, [...keys, round])
  const set = useCallback((value: T) => setState({ value, loading: false }), [])
  const reload = useCallback(() => setRound((before) => before + 1), [])
  return { value: state.value, failure: state.failure, loading: state.loading, set, reload }
}
