import type { ReactElement } from 'react'
import { Button } from '../../../ui/button.tsx'
import { useActionState } from '../actions/action-state.ts'
import { activeFaults, useFaultRules } from './fault-rules.ts'

/** Opens the rules of faults; a number says how many are on. */
export function FaultsButton(): ReactElement {
  const ask = useActionState((state) => state.ask)
  const active = useFaultRules((state) => activeFaults(state.rules))
  return (
    <Button
      look="ghost"
      icon="fault"
      aria-label={active === 0 ? 'Faults' : `Faults, ${active} on`}
      title="Faults on purpose, to see how tools take them"
      onClick={() => ask({ kind: 'faults' })}
    >
      <span className="hide-s">Faults</span>
      {active > 0 && <span className="badge warn">{active}</span>}
    </Button>
  )
}
