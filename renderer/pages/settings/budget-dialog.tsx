import { useState, type ReactElement } from 'react'
import type { Budget } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { BudgetView } from '../../../shared/spending.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { Failed } from './failed.tsx'
import { LimitFields, limitsDraft, limitsOf } from './limit-fields.tsx'

type Kind = BudgetView['of']['type']

const KINDS: readonly { value: Kind; label: string }[] = [
  { value: 'all', label: 'All spending' },
  { value: 'deployment', label: 'A deployment' },
  { value: 'key', label: 'A local key' },
]

export interface BudgetDialogProps {
  /** Absent: a new one. */
  budget: BudgetView | undefined
  onClose: () => void
  onSave: (budget: Budget) => Promise<void>
}

export function BudgetDialog({ budget: view, onClose, onSave }: BudgetDialogProps): ReactElement {
  const { console } = useServices()
  const names = useAnswer(() => console.prices.list(), [console])
  const keys = useAnswer(() => console.keys.list(), [console])
  const [kind, setKind] = useState<Kind>(view?.of.type ?? 'all')
  const [name, setName] = useState(view === undefined ? '' : nameOf(view.of))
  const [draft, setDraft] = useState(() => limitsDraft(view?.budget ?? {}, 'warn'))
  const [told, setTold] = useState<{ wrong?: 'daily' | 'monthly'; missing?: string; failure?: Failure }>({})
  const [saving, setSaving] = useState(false)

  const save = (): void => {
    const limits = limitsOf(draft)
    if ('wrong' in limits) return setTold({ wrong: limits.wrong })
    if (kind !== 'all' && name === '') return setTold({ missing: 'choose one' })
    if (limits.daily === undefined && limits.monthly === undefined) {
      return setTold({ failure: { code: 'limit_missing', message: 'Set a limit per day or per month.' } })
    }
    setSaving(true)
    onSave({ scope: kind === 'all' ? 'all' : `${kind}:${name}`, ...limits }).then(onClose, (error: unknown) => {
      setTold({ failure: failureOf(error) })
      setSaving(false)
    })
  }
  const choices =
    kind === 'key'
      ? (keys.value?.keys ?? []).map((key) => ({ value: key.name, note: '' }))
      : (names.value?.names ?? []).filter((one) => one.includes('/')).map((value) => ({ value, note: '' }))

  return (
    <Dialog open title={view === undefined ? 'Add budget' : 'Edit budget'} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <div className="dialog-body">
          <Failed failure={told.failure} />
          <Field label="Limits">
            {() => (
              <Select
                label="Limits"
                value={kind}
                options={KINDS}
                onChange={(next) => {
                  setKind(next)
                  setName('')
                }}
              />
            )}
          </Field>
          {kind !== 'all' && (
            <Field
              label={kind === 'key' ? 'Key' : 'Deployment'}
              error={told.missing}
              hint={kind === 'key' ? undefined : 'instance/deployment, or a deployment on whatever instance'}
            >
              {() => (
                <Combobox
                  label={kind === 'key' ? 'Key' : 'Deployment'}
                  value={name}
                  options={choices}
                  placeholder={kind === 'key' ? 'choose a key' : 'choose a deployment'}
                  onChange={setName}
                />
              )}
            </Field>
          )}
          <LimitFields draft={draft} wrong={told.wrong} onChange={setDraft} />
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={saving}>
            {saving ? 'Saving…' : 'Save'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

function nameOf(of: BudgetView['of']): string {
  switch (of.type) {
    case 'all':
      return ''
    case 'key':
      return of.name
    case 'deployment':
      return of.instance === undefined ? of.deployment : `${of.instance}/${of.deployment}`
  }
}
