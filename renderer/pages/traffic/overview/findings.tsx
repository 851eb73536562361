import type { ReactElement } from 'react'
import type { Finding } from '../../../../shared/exchange.ts'
import { hrefOf } from '../../../route.ts'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { Prose } from '../../../ui/prose.tsx'
import { useDetailTab } from '../detail-tab.ts'

const LOOKS: Record<Finding['severity'], { icon: IconName; className: string }> = {
  info: { icon: 'info', className: '' },
  warn: { icon: 'warn', className: ' warn' },
  error: { icon: 'error', className: ' err' },
}

/** What deserves attention, explained, with what can be done about it. */
export function Findings({ findings }: { findings: readonly Finding[] }): ReactElement {
  return (
    <section className="findings" aria-label="Findings">
      {findings.map((finding, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- kinds may be repeated; their order is fixed
        <FindingCard key={index} finding={finding} />
      ))}
    </section>
  )
}

function FindingCard({ finding }: { finding: Finding }): ReactElement {
  const { icon, className } = LOOKS[finding.severity]
  return (
    <article className={`finding${className}`}>
      <Icon name={icon} />
      <div>
        <h2>{finding.title}</h2>
        <p>
          <Prose text={finding.explanation} />
        </p>
        {finding.fix !== undefined && (
          <p className="t1">
            <Prose text={finding.fix} />
          </p>
        )}
        {(finding.path !== undefined || finding.event !== undefined || finding.related.length > 0) && (
          <p className="finding-where t3">
            {finding.path !== undefined && <span className="mono">{finding.path}</span>}
            {finding.event !== undefined && <EventLink index={finding.event} />}
            {finding.related.map((id) => (
              <a key={id} className="mono" href={hrefOf('traffic', id)}>
                {id}
              </a>
            ))}
          </p>
        )}
      </div>
    </article>
  )
}

function EventLink({ index }: { index: number }): ReactElement {
  const showEvent = useDetailTab((state) => state.showEvent)
  return (
    <button type="button" onClick={() => showEvent({ lane: 'upstream', index })}>
      after upstream event {index}
    </button>
  )
}
