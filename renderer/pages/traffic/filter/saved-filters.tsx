import { Menu } from '@base-ui/react/menu'
import { useState, type ReactElement } from 'react'
import type { SavedFilter } from '../../../../shared/contract.ts'
import { failureOf } from '../../../console.ts'
import { useServices } from '../../../services.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { useNotice } from '../../../ui/notice.tsx'
import { useAnswer } from '../../../ui/use-answer.ts'

export interface SavedFiltersProps {
  text: string
  invalid: boolean
  onPick: (filter: string) => void
}

/** Filters that were kept by name. */
export function SavedFilters({ text, invalid, onPick }: SavedFiltersProps): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const { value: saved = [], set } = useAnswer(() => console.traffic.filters.list(), [console])
  const [naming, setNaming] = useState(false)
  const same = saved.find(({ filter }) => filter === text.trim())
  const keep = (answer: Promise<SavedFilter[]>): void => {
    answer.then(set).catch((error: unknown) => notify(failureOf(error).message))
  }
  return (
    <>
      <Menu.Root modal={false}>
        <Menu.Trigger className="btn ghost sm icon" aria-label="Saved filters" title="Saved filters">
          <Icon name="bookmark" size={14} />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="floating" sideOffset={6} align="end">
            <Menu.Popup className="menu">
              {saved.map(({ name, filter }) => (
                <Menu.Item key={name} className="menu-i" onClick={() => onPick(filter)}>
                  <Icon name="bookmark" />
                  {name}
                  <span className="menu-note mono">{filter}</span>
                </Menu.Item>
              ))}
              {saved.length === 0 && <p className="hint menu-none">No filter is saved yet.</p>}
              {same ? (
                <Menu.Item className="menu-i" onClick={() => keep(console.traffic.filters.remove({ name: same.name }))}>
                  <Icon name="clear" />
                  Remove “{same.name}”
                </Menu.Item>
              ) : (
                text.trim() !== '' &&
                !invalid && (
                  <Menu.Item className="menu-i" onClick={() => setNaming(true)}>
                    <Icon name="plus" />
                    Save this filter…
                  </Menu.Item>
                )
              )}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <Dialog open={naming} title="Save this filter" onClose={() => setNaming(false)}>
        <NameForm
          filter={text.trim()}
          onClose={() => setNaming(false)}
          onSave={(name) => {
            setNaming(false)
            keep(console.traffic.filters.save({ name, filter: text.trim() }))
          }}
        />
      </Dialog>
    </>
  )
}

interface NameFormProps {
  filter: string
  onClose: () => void
  onSave: (name: string) => void
}

function NameForm({ filter, onClose, onSave }: NameFormProps): ReactElement {
  const [name, setName] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') onSave(name.trim())
      }}
    >
      <div className="dialog-body">
        <label className="field">
          <span className="label">Name</span>
          <input className="input" value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
        </label>
        <p className="hint mono">{filter}</p>
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={name.trim() === ''}>
          Save
        </Button>
      </footer>
    </form>
  )
}
