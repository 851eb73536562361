import { useEffect } from 'react'
import { create } from 'zustand'
import type { FaultRule } from '../../../../shared/faults.ts'
import { useServices } from '../../../services.tsx'

interface FaultRules {
  rules: readonly FaultRule[]
  set: (rules: readonly FaultRule[]) => void
}

/** The rules of faults as the engine last told them. */
export const useFaultRules = create<FaultRules>((set) => ({ rules: [], set: (rules) => set({ rules }) }))

/** How many rules can strike now. */
export const activeFaults = (rules: readonly FaultRule[]): number =>
  rules.filter(({ enabled, probability }) => enabled && probability > 0).length

export const switchedOff = (rules: readonly FaultRule[]): FaultRule[] =>
  rules.map((rule) => Object.assign({}, rule, { enabled: false }))

/** Asks for the rules when the page opens, and when the window is looked at again: another one may have changed them. */
export function useFaultsLoaded(): void {
  const { console } = useServices()
  const set = useFaultRules((state) => state.set)
  useEffect(() => {
    // While the engine is away the rules stay as they were; the shell says that it is away.
    const load = (): void => void console.traffic.faults.list().then(set, () => undefined)
    load()
    addEventListener('focus', load)
    return () => removeEventListener('focus', load)
  }, [console, set])
}
