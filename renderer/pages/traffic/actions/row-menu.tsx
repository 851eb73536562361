import { ContextMenu } from '@base-ui/react/context-menu'
import { useState, type ReactElement, type ReactNode } from 'react'
import { Icon } from '../../../ui/icons.tsx'
import type { MenuEntry } from '../../../ui/menu.tsx'
import { actionState, useActionState } from './action-state.ts'
import { useActions, type Actions } from './use-actions.ts'

/** The list with a menu of its own on each row; it also takes files that are dropped on it. */
export function RowMenu({ children }: { children: ReactNode }): ReactElement {
  const actions = useActions()
  const [id, setId] = useState<string>()
  const picked = useActionState((state) => state.picked)
  const pinned = useActionState((state) => state.pinned)
  const ids = id !== undefined && picked.has(id) ? [...picked] : id === undefined ? [] : [id]
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger
        className="list-box"
        onContextMenu={(event) => {
          const row = event.target instanceof Element ? event.target.closest('[role="row"][id]') : null
          const named = row?.id.replace(/^x-/, '') ?? actionState.getState().cursor
          const isExchange = named !== undefined && !named.startsWith('session ')
          setId(isExchange ? named : undefined)
          // A session's line and the empty list have no menu.
          if (!isExchange) event.preventBaseUIHandler()
        }}
      >
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Positioner className="floating">
          <ContextMenu.Popup className="menu" aria-label="Actions on the exchange">
            {id !== undefined &&
              entriesOf(actions, id, ids, pinned).map((entry) => (
                <ContextMenu.Item key={entry.label} className="menu-i" onClick={entry.onSelect}>
                  <Icon name={entry.icon} />
                  {entry.label}
                </ContextMenu.Item>
              ))}
          </ContextMenu.Popup>
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}

function entriesOf(actions: Actions, id: string, ids: readonly string[], pinned: string | undefined): MenuEntry[] {
  const many = ids.length === 1 ? '' : ` ${ids.length}`
  const compare: MenuEntry[] =
    pinned === undefined || pinned === id
      ? []
      : [{ label: 'Compare with pinned', icon: 'compare', onSelect: () => actions.compare(id) }]
  return [
    { label: 'Replay', icon: 'replay', onSelect: () => actions.replay(id) },
    { label: 'Edit and resend…', icon: 'edit', onSelect: () => actions.edit(id) },
    { label: pinned === id ? 'Unpin' : 'Pin', icon: 'pin', onSelect: () => actions.pin(id) },
    ...compare,
    { label: 'Copy as cURL', icon: 'terminal', onSelect: () => actions.copyAs(id, 'cURL') },
    { label: 'Copy as TypeScript', icon: 'code', onSelect: () => actions.copyAs(id, 'TypeScript') },
    { label: 'Copy as Python', icon: 'code', onSelect: () => actions.copyAs(id, 'Python') },
    { label: `Export${many}…`, icon: 'export', onSelect: () => actions.exportFile(ids) },
    { label: `Serve${many} as mock…`, icon: 'record', onSelect: () => actions.serveAsMock(ids) },
  ]
}
