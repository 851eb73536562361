import type { ReactElement } from 'react'
import { Button } from '../../../ui/button.tsx'
import { plural } from '../../../ui/format.ts'
import { useActionState } from './action-state.ts'
import { useActions } from './use-actions.ts'

/** What can be done with several exchanges; there while more than one is chosen. */
export function SelectionBar(): ReactElement | null {
  const actions = useActions()
  const { picked, setPicked, ask } = useActionState()
  if (picked.size < 2) return null
  const ids = [...picked]
  const [before, after, third] = ids
  return (
    <div className="act-picked" role="toolbar" aria-label="Actions on the chosen exchanges">
      <span className="strong" role="status">
        {plural(ids.length, 'exchange')} chosen
      </span>
      <span className="grow" />
      {before !== undefined && after !== undefined && third === undefined && (
        <Button size="sm" look="ghost" icon="compare" onClick={() => ask({ kind: 'compare', before, after })}>
          Compare both
        </Button>
      )}
      <Button size="sm" look="ghost" icon="export" onClick={() => actions.exportFile(ids)}>
        Export…
      </Button>
      <Button size="sm" look="ghost" icon="record" onClick={() => actions.serveAsMock(ids)}>
        Serve as mock…
      </Button>
      <Button size="sm" look="ghost" icon="x" onClick={() => setPicked([])}>
        Clear choice
      </Button>
    </div>
  )
}
