import { useRef, useState, type ReactElement } from 'react'
import type { PastedPart, PastedReading } from '../../../shared/mapping.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import './forms.css'

const KIND_WORDS: Record<PastedPart['kind'], string> = {
  address: 'Address',
  key: 'Key',
  'api-version': 'API version',
  deployment: 'Deployment',
  model: 'Model',
  identity: 'Identity',
  ignored: 'Left out',
}
const KIND_ICONS: Partial<Record<PastedPart['kind'], IconName>> = { key: 'key', ignored: 'x' }

/** Takes whatever the portal shows; says line by line what was understood. A key in it is masked at once. */
export function PasteField({ onRead }: { onRead: (read: PastedReading) => void }): ReactElement {
  const { console } = useServices()
  const [text, setText] = useState('')
  const [parts, setParts] = useState<readonly PastedPart[]>([])
  const [problem, setProblem] = useState<string>()
  const round = useRef(0)

  const read = (next: string): void => {
    round.current += 1
    const mine = round.current
    if (next.trim() === '') {
      setText('')
      setParts([])
      setProblem(undefined)
      return
    }
    console.instances.read({ text: next }).then(
      (answer) => {
        if (mine !== round.current) return undefined
        setText(answer.shown)
        setParts(answer.parts)
        setProblem(undefined)
        return onRead(answer)
      },
      (error: unknown) => {
        if (mine === round.current) setProblem(failureOf(error).message)
      },
    )
  }

  return (
    <div className="field">
      <Field
        label="Paste from the portal"
        error={problem}
        hint="An endpoint, a target URI, a curl command, JSON, code or lines of an .env file. A key in it goes to the key field."
      >
        {(ids) => (
          <textarea
            {...ids}
            className="input mono paste"
            rows={3}
            spellCheck={false}
            autoComplete="off"
            value={text}
            // What was pasted is shown once its keys are masked.
            onPaste={(event) => {
              event.preventDefault()
              const { selectionStart, selectionEnd } = event.currentTarget
              const pasted = event.clipboardData.getData('text/plain')
              read(text.slice(0, selectionStart) + pasted + text.slice(selectionEnd))
            }}
            onChange={(event) => {
              setText(event.target.value)
              read(event.target.value)
            }}
          />
        )}
      </Field>
      {parts.length > 0 && (
        <dl className="und" aria-label="What was read">
          {parts.map((part) => (
            <div
              key={`${part.kind} ${part.text} ${part.meaning}`}
              className={part.kind === 'ignored' ? 't3' : undefined}
            >
              <dt>
                <Icon name={KIND_ICONS[part.kind] ?? 'check'} size={14} /> {KIND_WORDS[part.kind]}
              </dt>
              <dd>
                {part.meaning}
                {part.kind !== 'address' && part.text !== '' && <span className="mono t3"> · {part.text}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
