import { useEffect, useRef, useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import type { ModelChoice } from '../../../shared/model-facts.ts'
import { failureOf } from '../../console.ts'
import { hrefOf } from '../../route.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { duration, money } from '../../ui/format.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { Proof } from './proof.tsx'
import { StepFoot } from './step-foot.tsx'
import type { FirstSteps } from './use-first-steps.ts'

const QUESTION = 'Say hello in one short sentence.'
/** Enough of an answer to see that there is one. */
const SHOWN = 400
const ROWS = 8

export interface ChatStepProps {
  steps: FirstSteps
  onBack: () => void
  onNext: () => void
}

/** Deployments and the names that lead to them. Ends with an answer of one of them. */
export function ChatStep({ steps, onBack, onNext }: ChatStepProps): ReactElement {
  const { console } = useServices()
  const answer = useAnswer(() => console.models.choices(), [console, steps.connection?.name])
  const choices = answer.value ?? []
  const [picked, setPicked] = useState('')
  const model = picked === '' ? (choices[0]?.name ?? '') : picked
  const first = useFirstAnswer()
  return (
    <>
      <section className="ob-p" aria-labelledby="h-chat">
        <h2 id="h-chat">Pick a deployment and ask it</h2>
        <p>
          {choices.length > ROWS ? `These and ${choices.length - ROWS} more names` : 'These names'} can be asked for by
          your tools. Others are mapped under Models.
        </p>
        {answer.failure && <Banner kind="err" title={answer.failure.message} text={answer.failure.fix} inset />}
        <Choices choices={choices.slice(0, ROWS)} />
        <form
          className="ob-ask"
          onSubmit={(event) => {
            event.preventDefault()
            if (model !== '') first.ask(model)
          }}
        >
          <div className="ob-model">
            <Combobox
              label="Model to ask"
              value={model}
              options={choices.map(({ name, deployment, instance }) => ({
                value: name,
                note: `${deployment} on ${instance}`,
              }))}
              onChange={setPicked}
              placeholder="no model yet"
            />
          </div>
          <Button type="submit" look="primary" icon="send" disabled={model === '' || first.running}>
            {first.running ? 'Asking…' : 'Ask it to say hello'}
          </Button>
        </form>
        {first.failure && (
          <Proof ok={false} title={first.failure.message}>
            <span>{first.failure.fix}</span>
          </Proof>
        )}
        {first.text !== '' && <blockquote className="ob-answer">{first.text}</blockquote>}
        {first.done && (
          <Proof
            ok
            title={`${first.done.model} answered in ${duration(first.done.ms)}`}
            {...(first.done.exchange === undefined
              ? {}
              : { link: { href: hrefOf('traffic', first.done.exchange), text: 'See every byte of it' } })}
          >
            <span>{first.done.figures}</span>
          </Proof>
        )}
        {!first.done && !first.running && steps.chatted && (
          <Proof
            ok
            title={`${steps.chatted.model} has answered already`}
            link={{ href: hrefOf('traffic', steps.chatted.exchange), text: 'See every byte of it' }}
          />
        )}
      </section>
      <StepFoot onBack={onBack} done={first.done !== undefined || steps.chatted !== undefined} onNext={onNext} />
    </>
  )
}

function Choices({ choices }: { choices: readonly ModelChoice[] }): ReactElement {
  return (
    <table className="ob-table">
      <thead>
        <tr>
          <th scope="col">Model name</th>
          <th scope="col">Deployment</th>
          <th scope="col">API</th>
        </tr>
      </thead>
      <tbody>
        {choices.map(({ name, deployment, instance, api }) => (
          <tr key={name}>
            <th scope="row" className="mono">
              {name}
            </th>
            <td>
              {deployment} <span className="t3">on {instance}</span>
            </td>
            <td>{dialectName(api)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface FirstAnswer {
  running: boolean
  text: string
  failure: Failure | undefined
  done: { model: string; ms: number; figures: string; exchange: string | undefined } | undefined
  ask: (model: string) => void
}

/** One question through the whole of Lazuli, as the Playground asks it. */
function useFirstAnswer(): FirstAnswer {
  const { console } = useServices()
  const [state, setState] = useState<Omit<FirstAnswer, 'ask'>>(NOTHING)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const ask = async (model: string): Promise<void> => {
    abort.current?.abort()
    const mine = new AbortController()
    abort.current = mine
    setState({ ...NOTHING, running: true })
    let exchange: string | undefined
    try {
      const turns = [{ role: 'user' as const, text: QUESTION, attachments: [] }]
      for await (const event of await console.playground.send({ model, turns }, { signal: mine.signal })) {
        if (event.type === 'exchange') exchange = event.id
        else if (event.type === 'delta' && event.kind !== 'reasoning') {
          setState((before) => ({ ...before, text: (before.text + event.text).slice(0, SHOWN) }))
        } else if (event.type === 'error') setState({ ...NOTHING, failure: event.failure })
        else if (event.type === 'end') {
          const cost = event.cost === undefined ? 'no price known' : money(event.cost)
          const tokens = event.usage === undefined ? '' : `${event.usage.input} tokens in, ${event.usage.output} out, `
          const figures = `First word after ${duration(event.ttftMs)}, ${tokens}${cost}`
          setState((before) => ({
            ...before,
            running: false,
            done: { model, ms: event.durationMs, figures, exchange },
          }))
        }
      }
    } catch (error) {
      if (!mine.signal.aborted) setState({ ...NOTHING, failure: failureOf(error) })
    }
  }
  return { ...state, ask: (model) => void ask(model) }
}

const NOTHING: Omit<FirstAnswer, 'ask'> = { running: false, text: '', failure: undefined, done: undefined }
