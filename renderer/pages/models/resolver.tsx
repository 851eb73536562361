import { useEffect, useState, type ReactElement } from 'react'
import type { Rule } from '../../../shared/config.ts'
import { DialectId } from '../../../shared/exchange.ts'
import type { InstanceLive } from '../../../shared/live.ts'
import type { Candidate, DialectAnswer, NameExplanation } from '../../../shared/mapping.ts'
import type { ServedDeployment } from '../../../shared/model-facts.ts'
import { nearestNames } from '../../../shared/nearest-names.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Steps } from '../../ui/steps.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { FactBadges } from './fact-badges.tsx'
import './resolver.css'

const TYPING_PAUSE_MS = 120

export interface ResolverProps {
  /** Asked again when one of these changes. */
  changes: readonly unknown[]
  live: ReadonlyMap<string, InstanceLive>
  deployments: readonly ServedDeployment[] | undefined
  /** The rule that decided, if one did. */
  onDecided: (rule: number | undefined) => void
  /** Begins a rule for the name; undefined where rules cannot be changed here. */
  onMakeRule: ((rule: Partial<Rule>) => void) | undefined
  onProbe: (deployment: ServedDeployment) => void
}

/** Where a model name leads, for callers of each API: the answer first, then the steps to it. */
export function Resolver(props: ResolverProps): ReactElement {
  const { changes, deployments, onDecided } = props
  const { console } = useServices()
  const [typed, setTyped] = useState('')
  const [dialect, setDialect] = useState<DialectId>('chat')
  const model = useSettled(typed.trim())
  const { value, failure } = useAnswer<NameExplanation | undefined>(
    async (signal) => (model === '' ? undefined : console.models.explain({ model }, { signal })),
    [console, model, ...changes],
  )
  const explanation = model === '' ? undefined : value
  const answer = explanation?.answers.find((one) => one.dialect === dialect)
  const rule = answer?.decision.rule
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
        {explanation && answer ? (
          <>
            <Result answer={answer} deployments={deployments} onProbe={props.onProbe} />
            <Nearest {...props} explanation={explanation} answer={answer} />
            <Steps steps={answer.decision.steps} />
            <Others candidates={answer.candidates} live={props.live} strategy={explanation.strategy} />
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

interface ResultProps {
  answer: DialectAnswer
  deployments: readonly ServedDeployment[] | undefined
  onProbe: (deployment: ServedDeployment) => void
}

function Result({ answer, deployments, onProbe }: ResultProps): ReactElement {
  const { target } = answer.decision
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
  const served = deployments?.find(
    (one) => one.instance === target.instance && one.deployment.toLowerCase() === target.deployment.toLowerCase(),
  )
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
      {served !== undefined && (
        <div className="row res-facts">
          <FactBadges facts={served.facts} />
          {served.probe.requests > 0 && (
            <Button size="sm" icon="gauge" onClick={() => onProbe(served)}>
              Probe
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** What was probably meant, where the name leads nowhere or to a deployment that its resource does not have. */
function Nearest({
  explanation,
  answer,
  deployments,
  onMakeRule,
}: ResolverProps & { explanation: NameExplanation; answer: DialectAnswer }): ReactElement | null {
  const { target } = answer.decision
  const own = (deployments ?? []).filter((one) => one.instance === target?.instance)
  const isTold = own.some((one) => one.listed !== undefined)
  const isListed = own.some((one) => one.listed === true && isSame(one.deployment, target?.deployment ?? ''))
  if (target !== undefined && (!isTold || isListed)) return null
  const listed = own.flatMap((one) => (one.listed === true ? [one.deployment] : []))
  const near = target === undefined ? explanation.nearest : nearestNames(target.deployment, listed)
  return (
    <div className="res-near">
      {target !== undefined && (
        <p className="st warn wrap">
          <Icon name="warn" size={14} />
          {target.instance} lists no deployment {target.deployment}.
        </p>
      )}
      {near.length > 0 && <p className="hint">Nearest names:</p>}
      {near.map((name) => (
        <div className="row" key={name}>
          <span className="mono cut grow">{name}</span>
          {onMakeRule && (
            <Button
              size="sm"
              icon="plus"
              aria-label={`Make the rule to ${name}`}
              onClick={() =>
                onMakeRule({
                  model: explanation.model,
                  deployment: name,
                  ...(target === undefined ? {} : { instances: [target.instance] }),
                })
              }
            >
              Make the rule
            </Button>
          )}
        </div>
      ))}
      {near.length === 0 && onMakeRule && (
        <Button size="sm" icon="plus" onClick={() => onMakeRule({ model: explanation.model })}>
          Make a rule for this name
        </Button>
      )}
    </div>
  )
}

/** Who would be asked then, in order. */
function Others({
  candidates,
  live,
  strategy,
}: {
  candidates: readonly Candidate[]
  live: ReadonlyMap<string, InstanceLive>
  strategy: string
}): ReactElement | null {
  if (candidates.length < 2) return null
  return (
    <div className="res-others">
      <h3 className="h3">All that can serve it, in order</h3>
      <ol>
        {candidates.map(({ instance, deployment, api }) => {
          const state = live.get(instance)?.condition.state ?? 'ok'
          return (
            <li key={`${instance} ${deployment}`}>
              <span>
                {deployment} on {instance}
              </span>
              <span className="t3">
                {' '}
                {dialectName(api)}
                {state !== 'ok' && `, ${state}`}
              </span>
            </li>
          )
        })}
      </ol>
      <p className="hint">Equals are chosen from by {strategy.replace('_', ' ')}.</p>
    </div>
  )
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
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
