import type { ReactElement } from 'react'
import type { ExchangeDetail } from '../../../../shared/exchange.ts'
import { Provenance } from '../actions/provenance.tsx'
import type { Followed } from '../followed-exchange.ts'
import { Changes } from './changes.tsx'
import { Figures } from './figures.tsx'
import { Findings } from './findings.tsx'
import { Why } from './why.tsx'

/** Why the exchange went where it went, what was changed on the way, and its figures. */
export function Overview({ detail, followed }: { detail: ExchangeDetail; followed: Followed }): ReactElement {
  const { findings } = detail
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="ov" tabIndex={0} role="region" aria-label="Overview of the exchange">
      <Provenance detail={detail} />
      {findings !== undefined && findings.length > 0 && <Findings findings={findings} />}
      <Why detail={detail} />
      <Changes detail={detail} upstream={followed.upstream} />
      <Figures detail={detail} />
    </div>
  )
}
