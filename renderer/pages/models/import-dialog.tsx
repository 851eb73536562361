import { useRef, useState, type ReactElement } from 'react'
import type { InstanceView } from '../../../shared/instance-view.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { ImportPreview, RulesView } from '../../../shared/mapping.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Field } from '../../ui/field.tsx'
import { plural } from '../../ui/format.ts'
import './forms.css'

export interface Imported {
  rules: RulesView
  instances: InstanceView[]
  /** Names of the instances that were not there before. */
  added: string[]
  /** Adds these instances again, after they were taken back. */
  again: () => Promise<unknown>
}

export interface ImportDialogProps {
  /** The mapping can be changed here. */
  editable: boolean
  onClose: () => void
  onImported: (imported: Imported) => void
}

/** Takes instances and rules out of a predecessor's YAML or variables: first a preview, then what is ticked. */
export function ImportDialog({ editable, onClose, onImported }: ImportDialogProps): ReactElement {
  const { console } = useServices()
  const [text, setText] = useState('')
  const [preview, setPreview] = useState<ImportPreview>()
  const [failure, setFailure] = useState<Failure>()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState(false)
  const file = useRef<HTMLInputElement>(null)

  const read = async (next: string): Promise<void> => {
    setFailure(undefined)
    setBusy(true)
    try {
      const found = await console.rules.readImport({ text: next })
      setPreview(found)
      // Replacing cannot be taken back (the old key would be gone), so nothing is replaced unless it is ticked.
      const kept = found.instances.flatMap(({ instance, replaces }) =>
        replaces === 'no' ? [] : [`i ${instance.name}`],
      )
      setLeft(new Set([...kept, ...(editable ? [] : found.rules.map((_, index) => `r ${index}`))]))
    } catch (error) {
      setPreview(undefined)
      setFailure(failureOf(error))
    }
    setBusy(false)
  }
  const open = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return
    const next = await chosen.text()
    setText(next)
    await read(next)
  }
  const take = async (found: ImportPreview): Promise<void> => {
    const instances = found.instances.filter(({ instance }) => !left.has(`i ${instance.name}`))
    const names = instances.map(({ instance }) => instance.name)
    const rules = found.rules.flatMap((_, index) => (left.has(`r ${index}`) ? [] : [index]))
    setBusy(true)
    try {
      const done = await console.rules.import({ text, instances: names, rules })
      const added = instances.filter(({ replaces }) => replaces === 'no').map(({ instance }) => instance.name)
      onImported({ ...done, added, again: () => console.rules.import({ text, instances: added, rules: [] }) })
    } catch (error) {
      setFailure(failureOf(error))
      setBusy(false)
    }
  }
  const toggle = (key: string): void =>
    setLeft((before) => {
      const next = new Set(before)
      if (!next.delete(key)) next.add(key)
      return next
    })
  const chosen = preview === undefined ? 0 : preview.instances.length + preview.rules.length - left.size

  return (
    <Dialog open title="Import" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (preview === undefined) void read(text)
          else void take(preview)
        }}
      >
        <div className="dialog-body">
          {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
          {preview === undefined ? (
            <>
              <Field
                label="YAML or variables"
                hint="The Python proxy’s YAML, or the variables of any predecessor, as in .env. Nothing is changed before you have seen what is taken."
              >
                {(ids) => (
                  <textarea
                    {...ids}
                    className="input mono import-text"
                    rows={10}
                    spellCheck={false}
                    autoComplete="off"
                    value={text}
                    onChange={(event) => setText(event.target.value)}
                  />
                )}
              </Field>
              <div className="row">
                <Button icon="file" onClick={() => file.current?.click()}>
                  Choose a file
                </Button>
                <input
                  ref={file}
                  type="file"
                  hidden
                  aria-label="File to import"
                  accept=".yaml,.yml,.env,.txt,text/plain"
                  onChange={(event) => {
                    void open(event.target.files?.[0])
                  }}
                />
              </div>
            </>
          ) : (
            <Preview preview={preview} left={left} editable={editable} onToggle={toggle} />
          )}
        </div>
        <footer>
          {preview !== undefined && <Button onClick={() => setPreview(undefined)}>Back</Button>}
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            disabled={busy || (preview === undefined ? text.trim() === '' : chosen === 0)}
          >
            {preview === undefined ? 'Preview' : `Take ${chosen}`}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

const KEY_WORDS = {
  none: 'no key',
  given: 'its key goes into the keychain',
  missing: 'its key is not known here',
} as const
const REPLACE_WORDS = {
  no: '',
  yes: ', replaces the one of this name, which cannot be undone',
  fixed: ', set outside of these settings',
} as const

interface PreviewProps {
  preview: ImportPreview
  left: ReadonlySet<string>
  editable: boolean
  onToggle: (key: string) => void
}

function Preview({ preview, left, editable, onToggle }: PreviewProps): ReactElement {
  const { instances, rules, warnings } = preview
  const tick = (key: string, label: string, disabled: boolean): ReactElement => (
    <input
      type="checkbox"
      aria-label={label}
      checked={!left.has(key)}
      disabled={disabled}
      onChange={() => onToggle(key)}
    />
  )
  return (
    <>
      <p className="hint" role="status">
        {preview.kind === 'yaml' ? 'Read as YAML' : 'Read as variables'}: {plural(instances.length, 'instance')},{' '}
        {plural(rules.length, 'rule')}.
      </p>
      {warnings.length > 0 && (
        <Banner
          kind="warn"
          title={plural(warnings.length, 'thing') + ' to know'}
          text={
            <ul className="warnings">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          }
          inset
        />
      )}
      {instances.length > 0 && (
        <ul className="picks plain" aria-label="Instances to take">
          {instances.map(({ instance, key, replaces }) => (
            <li key={instance.name}>
              {tick(`i ${instance.name}`, `Take instance ${instance.name}`, replaces === 'fixed')}
              <span className="wrap">
                <span className="strong">{instance.name}</span>{' '}
                <span className="mono t2">{instance.api_base ?? instance.provider_type}</span>{' '}
                <span className="t3">
                  {KEY_WORDS[key]}
                  {REPLACE_WORDS[replaces]}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {rules.length > 0 && (
        <ul className="picks plain" aria-label="Rules to take">
          {rules.map((rule, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a rule is known by its place
            <li key={index}>
              {tick(`r ${index}`, `Take rule ${rule.model}`, !editable)}
              <span className="wrap">
                <span className="mono">{rule.model}</span> → <span className="mono">{rule.deployment ?? 'same'}</span>{' '}
                <span className="t3">
                  {rule.instances.length === 0 ? 'any instance' : rule.instances.join(' then ')}
                  {rule.api !== 'auto' && `, ${dialectName(rule.api)}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {rules.length > 0 && editable && <p className="hint">Rules come in front of those that are there.</p>}
    </>
  )
}
