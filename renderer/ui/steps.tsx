import type { ReactElement } from 'react'
import type { Step } from '../../shared/exchange.ts'
import { Icon, type IconName } from './icons.tsx'
import { Prose } from './prose.tsx'

const LOOKS: Record<Step['verdict'], { icon: IconName; className: string; word: string }> = {
  ok: { icon: 'ok', className: 'ok', word: 'Yes: ' },
  skip: { icon: 'x', className: 'skip', word: 'Passed over: ' },
  warn: { icon: 'warn', className: 'warn', word: 'Warning: ' },
  error: { icon: 'error', className: 'err', word: 'Failed: ' },
}

/** An explanation, step by step, in the order in which it was decided. */
export function Steps({ steps }: { steps: readonly Step[] }): ReactElement {
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the order is the identity of a step
        <li key={index} className={LOOKS[step.verdict].className}>
          <Icon name={LOOKS[step.verdict].icon} />
          <span>
            <span className="sr">{LOOKS[step.verdict].word}</span>
            <Prose text={step.text} />
          </span>
          <span className="val" />
          {step.why !== undefined && (
            <span className="why">
              <Prose text={step.why} />
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}
