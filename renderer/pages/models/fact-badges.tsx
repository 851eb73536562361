import type { ReactElement } from 'react'
import { ProbeFeature, type FactVerdict, type ModelFact } from '../../../shared/model-facts.ts'
import { Icon, type IconName } from '../../ui/icons.tsx'
import './probe.css'

export const FEATURE_WORDS: Record<ProbeFeature, string> = {
  stream: 'stream',
  tools: 'tools',
  schema: 'schema',
  image: 'image',
  thinking: 'thinking',
  count_tokens: 'count',
}

export const VERDICT_WORDS: Record<FactVerdict, string> = {
  works: 'works',
  refused: 'refused',
  unsupported: 'not supported',
}

export const VERDICT_LOOKS: Record<FactVerdict, { badge: string; icon: IconName }> = {
  works: { badge: 'badge ok', icon: 'check' },
  refused: { badge: 'badge err', icon: 'x' },
  unsupported: { badge: 'badge', icon: 'x' },
}

/** What was found out about a deployment, one badge each. */
export function FactBadges({ facts }: { facts: readonly ModelFact[] }): ReactElement {
  if (facts.length === 0) return <span className="t3 f12 grow">not probed yet</span>
  const ordered = ProbeFeature.options.flatMap((feature) => facts.filter((fact) => fact.feature === feature))
  return (
    <span className="facts grow">
      {ordered.map(({ feature, verdict, reason, at }) => (
        <span
          key={feature}
          className={VERDICT_LOOKS[verdict].badge}
          title={`${reason} Probed ${new Date(at).toLocaleDateString()}.`}
        >
          <Icon name={VERDICT_LOOKS[verdict].icon} />
          {FEATURE_WORDS[feature]}
          <span className="sr"> {VERDICT_WORDS[verdict]}</span>
        </span>
      ))}
    </span>
  )
}
