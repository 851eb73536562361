import type { ReactElement } from 'react'
import { useServices } from '../../../services.tsx'
import { Banner } from '../../../ui/banner.tsx'
import { Button } from '../../../ui/button.tsx'
import { plural } from '../../../ui/format.ts'
import { useActionState } from '../actions/action-state.ts'
import { activeFaults, switchedOff, useFaultRules } from './fault-rules.ts'
import { ruleSentence } from './fault-sentence.ts'

/** Says so while faults are put in on purpose: nobody should look for such a fault elsewhere. */
export function FaultsBanner(): ReactElement | null {
  const { console } = useServices()
  const { rules, set } = useFaultRules()
  const ask = useActionState((state) => state.ask)
  const active = rules.filter(({ enabled, probability }) => enabled && probability > 0)
  const [first] = active
  if (first === undefined) return null
  const text = active.length === 1 ? `${ruleSentence(first)}.` : `${plural(activeFaults(rules), 'rule')} can strike.`
  return (
    <div className="fault-banner">
      <Banner kind="warn" title="Faults are put in on purpose." text={text} />
      <Button size="sm" look="ghost" onClick={() => ask({ kind: 'faults' })}>
        Show
      </Button>
      <Button
        size="sm"
        look="ghost"
        onClick={() => {
          console.traffic.faults.save({ rules: switchedOff(rules) }).then(set, () => ask({ kind: 'faults' }))
        }}
      >
        Switch off
      </Button>
    </div>
  )
}
