import { useEffect, useState, type ReactElement } from 'react'
import { DialectId, type Decision } from '../../../shared/exchange.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Steps } from '../../ui/steps.tsx'
import { useAnswer } from '../../ui/use-answer.ts'

const TYPING_PAUSE_MS = 120

export interface ResolverProps {
  /** Asked again when one of these changes. */
  changes: readonly unknown[]
  /** The rule that decided, if one did. */
  onDecided: (rule: number | undefined) => void
}

/** Where a model name leads: the answer first, then the steps to it. */
export function Resolver({ changes, onDecided }: ResolverProps): ReactElement {
  const { console } = useServices()
  const [typed, setTyped] = useState('')
  const [dialect, setDialect] = useState<DialectId>('chat')
  const model = useSettled(typed.trim())
  const { value, failure } = useAnswer<Decision | undefined>(
    async (signal) => (model === '' ? undefined : console.models.resolve({ model, dialect }, { signal })),
    [console, model, dialect, ...changes],
  )
  const decision = model === '' ? undefined : value
  const rule = decision?.rule
  useEffect(() => onDecided(rule), [rule, onDecided])

  return (
    <section className="res" role="region" aria-label="Resolver">
      <div className="sec-h">
        <h2>Resolver</h2>
        <span className="grow" />
        <span className="hint">nothing is sent</span>
      </div>
      <Field label="Model name">
        {(ids) => (
          <input
            {...ids}
            className="input lg mono"
            placeholder="as a tool would ask for it"
            spellCheck={false}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <div className="seg-ctl res-api" role="group" aria-label="API of the caller">
        {DialectId.options.map((option) => (
          <button key={option} type="button" aria-pressed={option === dialect} onClick={() => setDialect(option)}>
            {dialectName(option)}
          </button>
        ))}
      </div>
      {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
      <div aria-live="polite">
        {decision ? (
          <>
            <Result decision={decision} />
            <Steps steps={decision.steps} />
          </>
        ) : (
          <p className="hint res-none">
            Type any model name: the instance, the deployment and the API that it takes, and why.
          </p>
        )}
      </div>
    </section>
  )
}

function Result({ decision }: { decision: Decision }): ReactElement {
  const { target } = decision
  if (!target) {
    return (
      <div className="result">
        <div className="big st err">
          <Icon name="error" size={14} />
          Nothing serves this name
        </div>
      </div>
    )
  }
  return (
    <div className="result">
      <div className="big">
        {target.deployment} on {target.instance}
      </div>
      <div className="t2 f12">
        {dialectName(target.api)}
        {target.baseModel !== target.deployment && `, base model ${target.baseModel}`}
      </div>
      {target.url !== undefined && <div className="url mono">POST {target.url}</div>}
    </div>
  )
}

/** The text once the typing rests. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
