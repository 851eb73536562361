import type { ReactElement } from 'react'
import { describeFilter } from '../../../../shared/filter/describe.ts'
import type { Filter } from '../../../../shared/filter/filter.ts'
import { Button } from '../../../ui/button.tsx'

/** What stands in the list when a filter matches nothing. */
export function NoMatch({ filter, onClear }: { filter: Filter | undefined; onClear: () => void }): ReactElement {
  return (
    <div className="centre">
      <div className="empty">
        <h2>Nothing matches this filter</h2>
        <p>It looks for: {describeFilter(filter)} What comes and matches appears here.</p>
        <div className="row after-text">
          <Button onClick={onClear}>Show all exchanges</Button>
        </div>
      </div>
    </div>
  )
}
