import { useState, type KeyboardEvent, type ReactElement } from 'react'
import { Rule } from '../../../shared/config.ts'
import { DialectId } from '../../../shared/exchange.ts'
import { IconButton } from '../../ui/button.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Icon } from '../../ui/icons.tsx'
import { MultiSelect, Select } from '../../ui/select.tsx'

export interface RuleEditorProps {
  number: number
  /** Absent: a new rule. */
  rule?: Rule
  instances: readonly string[]
  onCommit: (rule: Rule) => void
  onCancel: () => void
}

type Api = Rule['api']

/** A rule in its row while it is written. Enter keeps it, Esc drops it; errors stand under their field. */
export function RuleEditor({ number, rule, instances, onCommit, onCancel }: RuleEditorProps): ReactElement {
  const [model, setModel] = useState(rule?.model ?? '')
  const [named, setNamed] = useState<readonly string[]>(rule?.instances ?? [])
  const [deployment, setDeployment] = useState(rule?.deployment ?? '')
  const [api, setApi] = useState<Api>(rule?.api ?? 'auto')
  const [error, setError] = useState<{ field: string; message: string }>()

  const commit = (): void => {
    const { deployment: _old, ...kept } = rule ?? {}
    const parsed = Rule.safeParse({
      ...kept,
      model,
      instances: named,
      ...(deployment.trim() === '' ? {} : { deployment }),
      api,
    })
    if (parsed.success) {
      onCommit(parsed.data)
      return
    }
    const issue = parsed.error.issues[0]
    const field = String(issue?.path[0] ?? 'model')
    setError({
      field,
      message:
        field === 'model' && model.trim() === ''
          ? 'Write a model name, or a pattern with *.'
          : (issue?.message ?? 'is not valid'),
    })
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onCancel()
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement && !event.nativeEvent.isComposing) {
      event.preventDefault()
      commit()
    }
  }

  const invalid = (field: string): { 'aria-invalid': true; 'aria-describedby': string } | Record<string, never> =>
    error?.field === field ? { 'aria-invalid': true, 'aria-describedby': 'rule-error' } : {}

  return (
    <div className="g-row edit" role="row" onKeyDown={onKeyDown}>
      <span role="cell" className="num t3">
        {number}
      </span>
      <span role="cell">
        <input
          className="input mono"
          aria-label="Model or pattern"
          placeholder="gpt-5*"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the row was opened to write in it
          autoFocus
          spellCheck={false}
          value={model}
          onChange={(event) => setModel(event.target.value)}
          {...invalid('model')}
        />
      </span>
      <span role="cell">
        <MultiSelect
          label="Instances"
          values={named}
          none="any"
          options={[...new Set([...instances, ...named])].map((name) => ({
            value: name,
            label: name,
            note: instances.includes(name) ? undefined : 'not there',
          }))}
          onChange={setNamed}
        />
      </span>
      <span role="cell">
        <input
          className="input mono"
          aria-label="Deployment"
          placeholder="same as model"
          spellCheck={false}
          value={deployment}
          onChange={(event) => setDeployment(event.target.value)}
          {...invalid('deployment')}
        />
      </span>
      <span role="cell">
        <Select<Api>
          label="Upstream API"
          value={api}
          options={[
            { value: 'auto', label: 'auto' },
            ...DialectId.options.map((dialect) => ({ value: dialect, label: dialectName(dialect) })),
          ]}
          onChange={setApi}
        />
      </span>
      <span role="cell" className="rule-acts">
        <IconButton icon="check" label={`Save rule ${number}`} keys="Enter" look="ghost" size="sm" onClick={commit} />
        <IconButton
          icon="x"
          label={`Cancel editing rule ${number}`}
          keys="Esc"
          look="ghost"
          size="sm"
          onClick={onCancel}
        />
      </span>
      {error && (
        <span className="msg2" role="cell">
          <span className="st err wrap" id="rule-error" role="alert">
            <Icon name="error" size={14} />
            {error.message}
          </span>
        </span>
      )}
    </div>
  )
}
