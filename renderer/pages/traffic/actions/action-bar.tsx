import type { ReactElement } from 'react'
import { Button } from '../../../ui/button.tsx'
import { useCopy } from '../../../ui/copy.tsx'
import { MoreMenu } from '../../../ui/menu.tsx'
import { useActionState } from './action-state.ts'
import { useActions } from './use-actions.ts'

const COPY_KEYS = navigator.platform.startsWith('Mac') ? '⌘⇧C' : 'Ctrl ⇧C'

/** What can be done with the exchange that is shown. */
export function ActionBar({ id }: { id: string }): ReactElement {
  const actions = useActions()
  const { copy } = useCopy()
  const pinned = useActionState((state) => state.pinned)
  const isPinned = pinned === id
  return (
    <div className="act-bar" role="toolbar" aria-label="Actions on the exchange">
      <Button
        look="ghost"
        icon="replay"
        aria-label="Replay"
        title="Send it again as it was  R"
        onClick={() => actions.replay(id)}
      >
        <span className="act-word">Replay</span>
      </Button>
      <Button
        look="ghost"
        icon="edit"
        aria-label="Edit and resend"
        title="Edit and resend"
        onClick={() => actions.edit(id)}
      >
        <span className="act-word">Edit and resend</span>
      </Button>
      <Button
        look="ghost"
        icon="pin"
        aria-label="Pin"
        aria-pressed={isPinned}
        title={isPinned ? 'Let go of it  P' : 'Pin, to compare others with it  P'}
        onClick={() => actions.pin(id)}
      >
        <span className="act-word">Pin</span>
      </Button>
      <Button
        look="ghost"
        icon="compare"
        aria-label="Compare"
        title="Compare with the pinned one  D"
        disabled={pinned === undefined || isPinned}
        onClick={() => actions.compare(id)}
      >
        <span className="act-word">Compare</span>
      </Button>
      <Button
        look="ghost"
        icon="terminal"
        aria-label="Copy as cURL"
        title={`Copy as cURL  ${COPY_KEYS}`}
        onClick={() => actions.copyAs(id, 'cURL')}
      >
        <span className="act-word">Copy as cURL</span>
      </Button>
      <Button look="ghost" icon="export" aria-label="Export" title="Export" onClick={() => actions.exportFile([id])}>
        <span className="act-word">Export</span>
      </Button>
      <MoreMenu
        label="More actions"
        entries={[
          { label: 'Copy as TypeScript', icon: 'code', onSelect: () => actions.copyAs(id, 'TypeScript') },
          { label: 'Copy as Python', icon: 'code', onSelect: () => actions.copyAs(id, 'Python') },
          { label: 'Copy exchange id', icon: 'copy', onSelect: () => copy(id) },
          { label: 'Serve as mock…', icon: 'record', onSelect: () => actions.serveAsMock([id]) },
        ]}
      />
    </div>
  )
}
