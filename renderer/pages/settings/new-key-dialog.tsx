import { useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import { NewLocalKey, type LocalKeyView } from '../../../shared/spending.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Failed } from './failed.tsx'
import { LimitFields, limitsDraft, limitsOf } from './limit-fields.tsx'

export interface NewKeyDialogProps {
  /** Names that exist already. */
  taken: readonly string[]
  onClose: () => void
  onMade: (keys: LocalKeyView[]) => void
}

interface Told {
  name?: string
  wrong?: 'daily' | 'monthly'
  failure?: Failure
}

/** Makes a key, then shows it: this once. */
export function NewKeyDialog({ taken, onClose, onMade }: NewKeyDialogProps): ReactElement {
  const { console } = useServices()
  const [name, setName] = useState('')
  const [models, setModels] = useState('')
  const [expires, setExpires] = useState('')
  const [draft, setDraft] = useState(() => limitsDraft({}, 'block'))
  const [told, setTold] = useState<Told>({})
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<string>()

  const make = (): void => {
    const limits = limitsOf(draft)
    if ('wrong' in limits) return setTold({ wrong: limits.wrong })
    const names = models.split(/[\n,]/).flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
    const key = NewLocalKey.safeParse({
      name,
      ...limits,
      ...(names.length === 0 ? {} : { models: names }),
      ...(expires === '' ? {} : { expires }),
    })
    if (taken.some((one) => one.toLowerCase() === name.trim().toLowerCase())) {
      return setTold({ name: 'there is a key of this name already' })
    }
    if (!key.success) return setTold({ name: name.trim() === '' ? 'give it a name' : key.error.issues[0]!.message })
    setTold({})
    setMaking(true)
    console.keys.create(key.data).then(
      (answer) => {
        onMade(answer.keys)
        return setMade(answer.key)
      },
      (error: unknown) => {
        setTold({ failure: failureOf(error) })
        setMaking(false)
      },
    )
  }

  if (made !== undefined) return <ShownOnce name={name.trim()} value={made} onClose={onClose} />
  return (
    <Dialog open title="Add key" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make()
        }}
      >
        <div className="dialog-body">
          <Failed failure={told.failure} />
          <Field label="Name" error={told.name} hint="The program or the person that uses it">
            {(ids) => (
              <input {...ids} className="input" value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
          <Field label="Models" hint="Names, or patterns such as gpt-5*, one per line. Empty: any">
            {(ids) => (
              <textarea
                {...ids}
                className="input mono"
                rows={3}
                value={models}
                onChange={(event) => setModels(event.target.value)}
              />
            )}
          </Field>
          <LimitFields draft={draft} wrong={told.wrong} onChange={setDraft} />
          <Field label="Last day" hint="Empty: it does not end by itself">
            {(ids) => (
              <input
                {...ids}
                type="date"
                className="input key-date"
                value={expires}
                onChange={(event) => setExpires(event.target.value)}
              />
            )}
          </Field>
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={making}>
            {making ? 'Making…' : 'Make key'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

function ShownOnce({ name, value, onClose }: { name: string; value: string; onClose: () => void }): ReactElement {
  return (
    <Dialog open title={`The key ${name}`} onClose={onClose}>
      <div className="dialog-body">
        <Banner
          kind="warn"
          title="Copy it now: it is shown this once."
          text="Only its SHA-256 is kept, so it cannot be read again."
          inset
        />
        <Field label="Key" hint="Send it as Authorization: Bearer, api-key or x-api-key">
          {(ids) => (
            <div className="inputbox">
              <input {...ids} className="mono" readOnly value={value} onFocus={(event) => event.target.select()} />
              <CopyButton text={value} label="Copy the key" />
            </div>
          )}
        </Field>
      </div>
      <footer>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  )
}
