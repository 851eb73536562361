import { useRef, type ReactElement } from 'react'
import { hrefOf } from '../../../route.ts'
import { useServices } from '../../../services.tsx'
import { IconButton } from '../../../ui/button.tsx'
import { clock } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { MoreMenu } from '../../../ui/menu.tsx'
import { FaultsButton } from '../faults/faults-button.tsx'
import { useTrafficView } from '../filter/filter-state.ts'
import { useActionState } from './action-state.ts'
import { useActions } from './use-actions.ts'

/** What the toolbar offers besides the list: the pinned exchange, faults, files. */
export function ToolbarActions(): ReactElement {
  const { importFile, withMatching } = useActions()
  const filter = useTrafficView((state) => state.text.trim())
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <PinnedChip />
      <FaultsButton />
      <IconButton icon="import" label="Import" look="ghost" onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Bundle to import"
        accept=".jsonl,.json,application/jsonl"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file !== undefined) importFile(file)
          event.target.value = ''
        }}
      />
      <MoreMenu
        label="More of the list"
        entries={[
          { label: 'Export all that match…', icon: 'export', onSelect: () => withMatching('export', filter) },
          { label: 'Serve all that match as mock…', icon: 'record', onSelect: () => withMatching('mock', filter) },
        ]}
      />
    </>
  )
}

function PinnedChip(): ReactElement | null {
  const { live } = useServices()
  const { pinned, setPinned } = useActionState()
  if (pinned === undefined) return null
  const row = live.rows.get(pinned)
  return (
    <span className="act-chip">
      <a href={hrefOf('traffic', pinned)} title={`Pinned: ${pinned}`}>
        <Icon name="pin" size={14} />
        <span className="sr">Pinned: </span>
        <span className="mono">{row === undefined ? pinned : clock(row.startedAt)}</span>
      </a>
      <IconButton icon="x" label="Unpin" look="ghost" size="sm" onClick={() => setPinned(undefined)} />
    </span>
  )
}
