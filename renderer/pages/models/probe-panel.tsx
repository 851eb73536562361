import { useEffect, useRef, useState, type ReactElement } from 'react'
import { ProbeFeature, type ProbeEvent, type ServedDeployment } from '../../../shared/model-facts.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { count, money } from '../../ui/format.ts'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { FEATURE_WORDS, VERDICT_WORDS } from './fact-badges.tsx'
import './probe.css'

type Tick = ProbeEvent | undefined

const TITLES: Record<ProbeFeature, string> = {
  stream: 'Streaming',
  tools: 'Tools',
  schema: 'Structured output',
  image: 'Images',
  thinking: 'Thinking',
  count_tokens: 'Counting tokens',
}

/** Asks a deployment what it takes, tick by tick. Says before what that costs. */
export function ProbePanel({
  deployment: served,
  onProbed,
}: {
  deployment: ServedDeployment
  onProbed: () => void
}): ReactElement {
  const { console } = useServices()
  const { instance, deployment, simulated } = served
  const [ticks, setTicks] = useState<Readonly<Partial<Record<ProbeFeature, Tick>>>>({})
  const [state, setState] = useState<'before' | 'running' | 'done'>('before')
  const [failure, setFailure] = useState<Failure>()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])

  const run = async (): Promise<void> => {
    const mine = new AbortController()
    abort.current = mine
    setTicks({})
    setFailure(undefined)
    setState('running')
    try {
      for await (const event of await console.models.probe({ instance, deployment }, { signal: mine.signal })) {
        const feature = event.type === 'fact' ? event.fact.feature : event.feature
        setTicks((before) => ({ ...before, [feature]: event }))
      }
    } catch (error) {
      if (!mine.signal.aborted) setFailure(failureOf(error))
    }
    setState('done')
    onProbed()
  }

  return (
    <div className="probe" role="group" aria-label={`Probe of ${deployment}`}>
      {state === 'before' && (
        <p className={simulated ? 'hint' : 'st warn wrap'}>
          {!simulated && <Icon name="warn" size={14} />}
          <span>{costWords(served)}</span>
        </p>
      )}
      {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
      <ul className="ticks" aria-live="polite">
        {ProbeFeature.options.map((feature) => (
          <TickLine key={feature} feature={feature} tick={ticks[feature]} served={served} />
        ))}
      </ul>
      <div className="row">
        {state === 'running' ? (
          <Button size="sm" icon="stop" onClick={() => abort.current?.abort()}>
            Stop probing
          </Button>
        ) : (
          <Button size="sm" look={state === 'before' ? 'primary' : 'normal'} icon="gauge" onClick={() => void run()}>
            {state === 'done' ? 'Probe again' : simulated ? 'Start' : 'Send these requests'}
          </Button>
        )}
      </div>
    </div>
  )
}

function TickLine({
  feature,
  tick,
  served,
}: {
  feature: ProbeFeature
  tick: Tick
  served: ServedDeployment
}): ReactElement {
  const kept = served.facts.find((fact) => fact.feature === feature)
  const exchange = tick?.type === 'fact' || tick?.type === 'unsettled' ? tick.exchange : undefined
  const [icon, look, words]: [IconName, string, string] =
    tick?.type === 'asking'
      ? ['pending', 'run', 'asking…']
      : tick?.type === 'unsettled'
        ? ['warn', 'warn', `not found out: ${tick.failure.message}`]
        : (tick?.fact ?? kept) === undefined
          ? ['pending', 'skip', 'not asked yet']
          : verdictLook(tick?.fact ?? kept!)
  return (
    <li className={look} aria-label={`${TITLES[feature]}: ${words}`} title={FEATURE_WORDS[feature]}>
      <Icon name={icon} size={14} />
      <span className="strong">{TITLES[feature]}</span>
      <span className="t2 wrap">
        {words}{' '}
        {tick === undefined && kept !== undefined && (
          <span className="t3">({new Date(kept.at).toLocaleDateString()})</span>
        )}
        {exchange !== undefined && <a href={`#/traffic/${exchange}`}>Exchange</a>}
      </span>
    </li>
  )
}

function verdictLook({ verdict, reason }: ServedDeployment['facts'][number]): [IconName, string, string] {
  const look = verdict === 'works' ? 'ok' : verdict === 'refused' ? 'err' : 'skip'
  return [
    verdict === 'works' ? 'ok' : verdict === 'refused' ? 'error' : 'x',
    look,
    `${VERDICT_WORDS[verdict]}. ${reason}`,
  ]
}

function costWords({ simulated, instance, probe }: ServedDeployment): string {
  const { requests, inputTokens, outputTokens, cost } = probe
  if (simulated) return `${requests} small requests to the simulator; they cost nothing.`
  const price = cost === undefined ? 'unpriced: no price is known' : `${money(cost)} at list price`
  return `${requests} real requests go to ${instance}: about ${count(inputTokens)} tokens in and at most ${count(outputTokens)} out, at most ${price}. They count against its quota.`
}
