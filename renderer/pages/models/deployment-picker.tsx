import { useState, type ReactElement } from 'react'
import type { DeploymentListing, InstanceDraftInput } from '../../../shared/mapping.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { pickRows, withPicked, type InstanceDraft, type PickRow } from './instance-draft.ts'
import './forms.css'

export interface DeploymentPickerProps {
  draft: InstanceDraft
  onChange: (update: (before: InstanceDraft) => InstanceDraft) => void
  /** What is written, if it is whole; else its errors are shown and nothing is asked. */
  checked: () => InstanceDraftInput | undefined
}

/** The deployments that the resource lists, to pick those that are served; typed ones where it lists none. */
export function DeploymentPicker({ draft, onChange, checked }: DeploymentPickerProps): ReactElement {
  const { console } = useServices()
  const [listing, setListing] = useState<DeploymentListing>()
  const [rows, setRows] = useState<readonly PickRow[]>([])
  const [asking, setAsking] = useState(false)
  const [typed, setTyped] = useState('')

  const put = (next: readonly PickRow[]): void => {
    setRows(next)
    onChange((before) => withPicked(before, next))
  }
  const set = (at: number, change: Partial<PickRow>): void =>
    put(rows.map((row, index) => (index === at ? { ...row, ...change } : row)))
  const find = async (): Promise<void> => {
    const input = checked()
    if (input === undefined) return
    setAsking(true)
    const found = await console.instances.discover(input).catch((error: unknown): DeploymentListing => {
      const { message, fix = '' } = failureOf(error)
      return { listed: false, reason: message, fix }
    })
    setAsking(false)
    setListing(found)
    if (found.listed) setRows(pickRows(draft, found.deployments))
  }
  const add = (): void => {
    const id = typed.trim()
    if (id === '' || rows.some((row) => row.id === id)) return
    setTyped('')
    put([...rows, { id, name: id, on: true }])
  }

  return (
    <div className="field" role="group" aria-label="Deployments to serve">
      <div className="row">
        <span className="label">Deployments</span>
        <span className="grow" />
        <Button size="sm" icon="search" disabled={asking} onClick={() => void find()}>
          {asking ? 'Asking…' : 'Find deployments'}
        </Button>
      </div>
      {listing?.listed === false && <Banner kind="warn" title={listing.reason} text={listing.fix} inset />}
      {listing?.listed === true && (
        <span className="hint" role="status">
          {listing.deployments.length === 0
            ? 'The resource has no deployments yet.'
            : `${plural(listing.deployments.length, 'deployment')}. Those that are ticked are served, under these names.`}
        </span>
      )}
      {rows.length > 0 && (
        <ul className="picks">
          {rows.map((row, index) => (
            <li key={row.id}>
              <input
                type="checkbox"
                aria-label={`Serve ${row.id}`}
                checked={row.on}
                onChange={(event) => set(index, { on: event.target.checked })}
              />
              <span className="cut">
                <span className="mono">{row.id}</span>
                {row.model !== undefined && row.model !== row.id && <span className="t3"> {row.model}</span>}
              </span>
              <input
                className="input mono"
                aria-label={`Name for ${row.id}`}
                spellCheck={false}
                disabled={!row.on}
                value={row.name}
                onChange={(event) => set(index, { name: event.target.value })}
              />
            </li>
          ))}
        </ul>
      )}
      {(listing !== undefined || rows.length > 0) && (
        <div className="row">
          <input
            className="input mono"
            aria-label="Another deployment"
            placeholder="another deployment, typed"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
          />
          <IconButton icon="plus" label="Add typed deployment" onClick={add} />
        </div>
      )}
    </div>
  )
}
