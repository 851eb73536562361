import { lazy, Suspense, useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Curl } from '../../ui/curl.tsx'
import { duration } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { Proof } from './proof.tsx'
import { StepFoot } from './step-foot.tsx'
import type { FirstSteps } from './use-first-steps.ts'

const AddInstance = lazy(() => import('../../shell/add-instance.tsx'))

/** Somebody who answers: a resource of the user's, or the simulator. Ends with a call that was answered. */
export function ConnectStep({ steps, onNext }: { steps: FirstSteps; onNext: () => void }): ReactElement {
  const { console, live } = useServices()
  const info = useLive((state) => state.info)
  const { value: choices } = useAnswer(() => console.models.choices(), [console, steps.connection?.name])
  const [adding, setAdding] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const { connection } = steps
  const simulate = (): void => {
    // oxlint-disable-next-line react/hooks -- a procedure of the console, not a hook
    const chosen = console.app.useSimulator()
    chosen
      .then(() => live.refresh())
      .then(
        () => setFailure(undefined),
        (error: unknown) => setFailure(failureOf(error)),
      )
  }
  return (
    <>
      <section className="ob-p" aria-labelledby="h-connect">
        <h2 id="h-connect">Who shall answer?</h2>
        <p>Both can be changed at any time under Models.</p>
        {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
        <div className="ob-choices">
          <button type="button" className="ob-choice" onClick={() => setAdding(true)}>
            <Icon name="models" size={20} />
            <b>{connection === undefined || connection.simulator ? 'Connect Azure' : 'Connect another resource'}</b>
            <span>
              Paste what the portal shows of an Azure OpenAI or AI Foundry resource. It is tested with a real call.
            </span>
          </button>
          <button type="button" className="ob-choice" disabled={connection !== undefined} onClick={simulate}>
            <Icon name="playground" size={20} />
            <b>Try it with the simulator</b>
            <span>A built-in upstream answers in all three APIs. No account, nothing leaves this computer.</span>
          </button>
        </div>
        {connection && <Answered steps={steps} />}
        {info && connection?.result?.ok !== false && (
          <Curl
            title="Or call it from a terminal right away"
            baseUrl={info.baseUrl}
            auth={info.auth}
            model={choices?.[0]?.name ?? 'gpt-5'}
          />
        )}
      </section>
      <StepFoot done={connection?.result?.ok === true} onNext={onNext} />
      {adding && (
        <Suspense>
          <AddInstance
            address={undefined}
            onClose={() => setAdding(false)}
            onSaved={() => {
              setAdding(false)
              steps.retest()
            }}
          />
        </Suspense>
      )}
    </>
  )
}

function Answered({ steps: { connection, retest } }: { steps: FirstSteps }): ReactElement | null {
  if (connection === undefined) return null
  const { name, result } = connection
  if (result === undefined) {
    return (
      <p className="st f12" role="status">
        <Icon name="pending" size={14} />
        Asking {name}…
      </p>
    )
  }
  return (
    <Proof ok={result.ok} title={result.ok ? `${name} answered in ${duration(result.ms)}` : `${name} did not answer`}>
      <span>
        {result.message} {result.fix}
      </span>
      <span className="mono">
        {result.request}
        {result.status !== undefined && ` → ${result.status}`}
      </span>
      <div className="row proof-actions">
        <Button size="sm" icon="replay" onClick={retest}>
          Test again
        </Button>
        {!result.ok && (
          <span>
            Address and key can be changed under <a href="#/models">Models</a>.
          </span>
        )}
      </div>
    </Proof>
  )
}
