import { useState, type ReactElement } from 'react'
import type { OwnPrice } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { Button } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { AmountField, amountOf, amountText } from './amount-field.tsx'
import { Failed } from './failed.tsx'

type Figure = 'input' | 'cached' | 'cache_write' | 'output'

const FIGURES: readonly { key: Figure; label: string }[] = [
  { key: 'input', label: 'Input' },
  { key: 'cached', label: 'Cached input' },
  { key: 'cache_write', label: 'Cache write' },
  { key: 'output', label: 'Output' },
]

export interface PriceDialogProps {
  /** Absent: of something that has no price of the user's own yet. */
  name: string | undefined
  price: OwnPrice | undefined
  /** Models and deployments that are served. */
  names: readonly string[]
  onClose: () => void
  onSave: (name: string, price: OwnPrice) => Promise<void>
}

export function PriceDialog({ name: known, price, names, onClose, onSave }: PriceDialogProps): ReactElement {
  const [name, setName] = useState(known ?? '')
  const [texts, setTexts] = useState(() => textsOf(price))
  const [wrong, setWrong] = useState<Figure | 'name' | 'none'>()
  const [failure, setFailure] = useState<Failure>()
  const [saving, setSaving] = useState(false)

  const save = (): void => {
    if (name === '') return setWrong('name')
    const written: OwnPrice = { ...price }
    for (const { key } of FIGURES) {
      const value = amountOf(texts[key], 'zero')
      if (value === 'invalid') return setWrong(key)
      if (value === undefined) delete written[key]
      else written[key] = value
    }
    if (Object.keys(written).length === 0) return setWrong('none')
    setWrong(undefined)
    setSaving(true)
    onSave(name, written).then(onClose, (error: unknown) => {
      setFailure(failureOf(error))
      setSaving(false)
    })
  }

  return (
    <Dialog open title={known === undefined ? 'Add own price' : `Own price of ${known}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <div className="dialog-body">
          <Failed failure={failure ?? (wrong === 'none' ? NO_FIGURE : undefined)} />
          {known === undefined && (
            <Field
              label="Model or deployment"
              error={wrong === 'name' ? 'choose one, or type its name' : undefined}
              hint="instance/deployment counts before the deployment, and that before the model"
            >
              {() => (
                <Combobox
                  label="Model or deployment"
                  value={name}
                  options={names.map((value) => ({ value, note: value.includes('/') ? 'deployment' : 'model' }))}
                  placeholder="choose one"
                  onChange={setName}
                />
              )}
            </Field>
          )}
          <div className="price-fields">
            {FIGURES.map(({ key, label }) => (
              <AmountField
                key={key}
                label={label}
                value={texts[key]}
                error={wrong === key ? 'an amount, e.g. 1.25' : undefined}
                onChange={(text) => setTexts((before) => ({ ...before, [key]: text }))}
              />
            ))}
          </div>
          <p className="hint">USD per million tokens. What is left empty stays as in the price list.</p>
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

const NO_FIGURE: Failure = { code: 'price_missing', message: 'Write at least one price.' }

function textsOf(price: OwnPrice | undefined): Record<Figure, string> {
  const { input, cached, cache_write: write, output } = price ?? {}
  return {
    input: amountText(input),
    cached: amountText(cached),
    cache_write: amountText(write),
    output: amountText(output),
  }
}
