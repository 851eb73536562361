import { useState, type ReactElement } from 'react'
import type { InstanceView } from '../../../shared/contract.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { draftOf, emptyDraft, instanceOf, type DraftErrors } from './instance-draft.ts'
import { InstanceFields } from './instance-fields.tsx'

export interface InstanceDialogProps {
  /** Absent: a new one. */
  view: InstanceView | undefined
  /** Names that exist already. */
  taken: readonly string[]
  onClose: () => void
  onSaved: (views: InstanceView[], name: string) => void
}

/** Adds an upstream or changes one. */
export function InstanceDialog({ view, taken, onClose, onSaved }: InstanceDialogProps): ReactElement {
  const { console } = useServices()
  const [draft, setDraft] = useState(() => (view ? draftOf(view.instance) : emptyDraft()))
  const [errors, setErrors] = useState<DraftErrors>({})
  const [failure, setFailure] = useState<Failure>()
  const [saving, setSaving] = useState(false)

  const save = (): void => {
    const previousName = view?.instance.name
    const checked = instanceOf(
      draft,
      taken.filter((name) => name !== previousName),
      view?.instance,
    )
    if (!checked.ok) {
      setErrors(checked.errors)
      return
    }
    setErrors({})
    setFailure(undefined)
    setSaving(true)
    console.instances
      .save({
        instance: checked.instance,
        ...(previousName === undefined ? {} : { previousName }),
        ...(checked.apiKey === undefined ? {} : { apiKey: checked.apiKey }),
      })
      .then(
        (views) => onSaved(views, checked.instance.name),
        (error: unknown) => {
          setFailure(failureOf(error))
          setSaving(false)
        },
      )
  }

  return (
    <Dialog open title={view ? `Edit ${view.instance.name}` : 'Add instance'} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <div className="dialog-body">
          {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
          <InstanceFields draft={draft} errors={errors} stored={view?.key.state} onChange={setDraft} />
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={saving}>
            {saving ? 'Saving…' : view ? 'Save' : 'Add and test'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
