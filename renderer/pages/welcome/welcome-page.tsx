import { useEffect, useRef, useState, type ReactElement } from 'react'
import type { TestResult } from '../../../shared/instance-view.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { go } from '../../route.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Curl } from '../../ui/curl.tsx'
import { duration } from '../../ui/format.ts'
import { Icon, Mark } from '../../ui/icons.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { emptyDraft, instanceOf, type DraftErrors } from '../models/instance-draft.ts'
import { InstanceFields } from '../models/instance-fields.tsx'
import '../models/models.css'
import './welcome.css'

/** The first run: connect a resource, or look around with the simulator. */
export default function WelcomePage(): ReactElement {
  const { console, live } = useServices()
  const info = useLive((state) => state.info)
  const { value: choices } = useAnswer(() => console.models.choices(), [console])
  const [connecting, setConnecting] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  const simulate = (): void => {
    // oxlint-disable-next-line react/hooks -- a procedure of the console, not a hook
    console.app
      .useSimulator()
      .then(() => live.refresh())
      .then(
        () => go('playground'),
        (error: unknown) => setFailure(failureOf(error)),
      )
  }

  return (
    <div className="ob">
      <div className="ob-l">
        <Mark />
        <h1>Welcome to Lazuli</h1>
        <p>Your Azure models, served to every tool on this computer, with every byte in view.</p>
        <span className="grow" />
        <p className="hint">Everything stays on this computer: keys in the system keychain, traffic in a local file.</p>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="ob-r" tabIndex={0} role="group" aria-label="First steps">
        {failure && <Banner kind="err" title={failure.message} text={failure.fix} />}
        {connecting ? (
          <ConnectAzure onBack={() => setConnecting(false)} onSimulate={simulate} />
        ) : (
          <section className="ob-p">
            <h2>How do you want to begin?</h2>
            <div className="ob-choices">
              <button type="button" className="ob-choice" onClick={() => setConnecting(true)}>
                <Icon name="models" size={20} />
                <b>Connect Azure</b>
                <span>
                  Paste the address of an Azure OpenAI or AI Foundry resource and a key. It is tested with a real call.
                </span>
              </button>
              <button type="button" className="ob-choice" onClick={simulate}>
                <Icon name="playground" size={20} />
                <b>Try it with the simulator</b>
                <span>A built-in upstream answers in all three APIs. No account, nothing leaves this computer.</span>
              </button>
            </div>
            {info && (
              <Curl
                title="Or call it from a terminal right away"
                baseUrl={info.baseUrl}
                auth={info.auth}
                model={choices?.[0]?.name ?? 'gpt-5'}
              />
            )}
          </section>
        )}
      </div>
    </div>
  )
}

type Proof = { state: 'idle' | 'saving' | 'testing' } | { state: 'tested'; name: string; result: TestResult }

function ConnectAzure({ onBack, onSimulate }: { onBack: () => void; onSimulate: () => void }): ReactElement {
  const { console, live } = useServices()
  const [draft, setDraft] = useState(emptyDraft)
  const [errors, setErrors] = useState<DraftErrors>({})
  const [failure, setFailure] = useState<Failure>()
  const [proof, setProof] = useState<Proof>({ state: 'idle' })
  /** Name under which it was saved by an earlier try. */
  const [saved, setSaved] = useState<string>()

  const connect = async (): Promise<void> => {
    const checked = instanceOf(draft, [])
    setErrors(checked.ok ? {} : checked.errors)
    if (!checked.ok) return
    setFailure(undefined)
    const { instance, apiKey } = checked
    try {
      setProof({ state: 'saving' })
      await console.instances.save({
        instance,
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(saved === undefined ? {} : { previousName: saved }),
      })
      setSaved(instance.name)
      setProof({ state: 'testing' })
      setProof({ state: 'tested', name: instance.name, result: await console.instances.test({ name: instance.name }) })
      await live.refresh()
    } catch (error) {
      setFailure(failureOf(error))
      setProof({ state: 'idle' })
    }
  }

  const busy = proof.state === 'saving' || proof.state === 'testing'
  const done = proof.state === 'tested' && proof.result.ok
  return (
    <form
      className="ob-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (done) go('playground')
        else void connect()
      }}
    >
      <section className="ob-p">
        <h2>Connect Azure</h2>
        <p>Paste whatever the portal shows: a resource name, a host, or the full target URI.</p>
        <div className="ob-fields">
          <InstanceFields draft={draft} errors={errors} stored={undefined} onChange={setDraft} short />
        </div>
        {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
        {proof.state === 'tested' && <ProofLine name={proof.name} result={proof.result} />}
      </section>
      <footer className="ob-f">
        <Button look="ghost" size="lg" className="ob-sim" onClick={onSimulate}>
          Try it with the simulator
        </Button>
        <span className="grow" />
        <Button size="lg" onClick={onBack}>
          Back
        </Button>
        <Button type="submit" look="primary" size="lg" disabled={busy}>
          {done ? 'Continue' : busy ? 'Testing…' : proof.state === 'tested' ? 'Test again' : 'Connect and test'}
        </Button>
      </footer>
    </form>
  )
}

/** What really happened: the call, its status and its time. */
function ProofLine({ name, result }: { name: string; result: TestResult }): ReactElement {
  const line = useRef<HTMLDivElement>(null)
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- once for each result
  useEffect(() => line.current?.scrollIntoView({ block: 'end' }), [result])
  return (
    <div ref={line} className={result.ok ? 'proof' : 'proof bad'} role="status">
      <Icon name={result.ok ? 'ok' : 'error'} size={20} />
      <div className="med">
        {result.ok ? `${name} answered in ${duration(result.ms)}` : `${name} did not answer as it should`}
      </div>
      <span>
        {result.message} {result.fix}
      </span>
      <span className="mono">
        {result.request}
        {result.status !== undefined && ` → ${result.status}`}
      </span>
    </div>
  )
}
