import type { ReactElement } from 'react'
import type { ExchangeDetail } from '../../../../shared/exchange.ts'
import { REPLAY_HEADER } from '../../../../shared/resend.ts'
import { hrefOf } from '../../../route.ts'
import { Button } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { useActions } from './use-actions.ts'

/** What an exchange is besides a program's own call: a replay, an import, or the victim of a fault on purpose. */
export function Provenance({ detail }: { detail: ExchangeDetail }): ReactElement | null {
  const { summary, requestHeaders, fault } = detail
  const actions = useActions()
  const original =
    summary.client === 'Replay' ? requestHeaders.find(([name]) => name.toLowerCase() === REPLAY_HEADER)?.[1] : undefined
  if (original === undefined && fault === undefined && summary.imported === undefined) return null
  return (
    <section className="act-notes" aria-label="Origin">
      {fault !== undefined && (
        <p className="act-note warn">
          <Icon name="fault" />
          <span>
            <span className="strong">A fault on purpose:</span> a rule {fault}.
          </span>
        </p>
      )}
      {original !== undefined && (
        <p className="act-note">
          <Icon name="replay" />
          <span>
            Replay of{' '}
            <a className="mono" href={hrefOf('traffic', original)}>
              {original}
            </a>
          </span>
          {summary.state === 'active' && (
            <Button look="ghost" size="sm" icon="stop" onClick={() => actions.stopReplay(summary.id)}>
              Stop
            </Button>
          )}
        </p>
      )}
      {summary.imported && (
        <p className="act-note">
          <Icon name="import" />
          <span>Imported from a bundle: it did not happen here.</span>
        </p>
      )}
    </section>
  )
}
