import type { ReactElement } from 'react'
import { CopyButton } from '../../ui/copy.tsx'

/** What can be done with the exchange that is shown. */
export function ExchangeActions({ id }: { id: string }): ReactElement {
  return (
    <div className="d-tools" role="toolbar" aria-label="Actions on the exchange">
      <span className="mono t3 f11 hide-s">{id}</span>
      <CopyButton text={id} label="Copy exchange id" />
    </div>
  )
}
