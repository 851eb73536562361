import { useState, type ReactElement } from 'react'
import type { ServedDeployment } from '../../../shared/model-facts.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { FactBadges } from './fact-badges.tsx'
import { ProbePanel } from './probe-panel.tsx'
import './probe.css'

export interface DeploymentsDialogProps {
  instance: string
  /** Of this instance. */
  deployments: readonly ServedDeployment[]
  /** The one that is opened at first. */
  opened: string | undefined
  onProbed: () => void
  onClose: () => void
}

/** The deployments of an instance, what is known of each, and the probe that finds out more. */
export function DeploymentsDialog(props: DeploymentsDialogProps): ReactElement {
  const { instance, deployments, onProbed, onClose } = props
  const [opened, setOpened] = useState(props.opened)
  return (
    <Dialog open title={`Deployments of ${instance}`} onClose={onClose}>
      <div className="dialog-body">
        {deployments.length === 0 && (
          <p className="hint">
            None is known: the resource lists none, and no model name leads there. Name them in Edit, under Deployments.
          </p>
        )}
        <ul className="deps">
          {deployments.map((deployment) => (
            <li key={deployment.deployment} aria-label={deployment.deployment}>
              <div className="row">
                <span className="mono strong cut">{deployment.deployment}</span>
                <span className="t3 f12 cut grow">{aboutWords(deployment)}</span>
                {deployment.probe.requests > 0 && opened !== deployment.deployment && (
                  <Button
                    size="sm"
                    icon="gauge"
                    aria-label={`Probe ${deployment.deployment}`}
                    onClick={() => setOpened(deployment.deployment)}
                  >
                    Probe
                  </Button>
                )}
              </div>
              {opened === deployment.deployment ? (
                <ProbePanel deployment={deployment} onProbed={onProbed} />
              ) : (
                <FactBadges facts={deployment.facts} />
              )}
            </li>
          ))}
        </ul>
      </div>
      <footer>
        <Button onClick={onClose}>Close</Button>
      </footer>
    </Dialog>
  )
}

function aboutWords({ deployment, baseModel, api, names, listed }: ServedDeployment): string {
  const others = names.filter((name) => name !== deployment)
  return [
    ...(baseModel === deployment ? [] : [baseModel]),
    dialectName(api),
    ...(others.length === 0 ? [] : [`asked for as ${others.join(', ')}`]),
    ...(names.length === 0 ? ['no name leads here'] : []),
    ...(listed === false ? ['not on the resource’s list'] : []),
  ].join(' · ')
}
