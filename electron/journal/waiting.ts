/** Waiting that ends early with a signal, and leaves no listener behind. */

/** Waits so many milliseconds, or until the signal. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return signalled(signal, (wake) => {
    const timer = setTimeout(wake, ms)
    return () => clearTimeout(timer)
  })
}

/**
 * Waits until `wake` is called, or until the signal.
 *
 * @param subscribe gets `wake`; what it returns is called at the end
 */
export function signalled(
  signal: AbortSignal | undefined,
  subscribe: (wake: () => void) => (() => void) | void,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const wake = (): void => {
      signal?.removeEventListener('abort', wake)
      off?.()
      resolve()
    }
    const off = subscribe(wake)
    signal?.addEventListener('abort', wake, { once: true })
  })
}
