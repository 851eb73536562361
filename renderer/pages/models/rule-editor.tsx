import { useId, useState, type KeyboardEvent, type ReactElement } from 'react'
import { Rule } from '../../../shared/config.ts'
import { DialectId } from '../../../shared/exchange.ts'
import { IconButton } from '../../ui/button.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Icon } from '../../ui/icons.tsx'
import { MultiSelect, Select } from '../../ui/select.tsx'
import type { KnownPlaces, RuleFix, RuleProblem } from './rule-problems.ts'
import { Problem } from './rule-row.tsx'

export interface RuleEditorProps {
  number: number
  /** What is known of it; absent: a new rule. */
  rule?: Partial<Rule> | undefined
  places: KnownPlaces
  /** What would be wrong with a rule at this place. */
  problemsOf: (rule: Rule) => readonly RuleProblem[]
  onCommit: (rule: Rule) => void
  onCancel: () => void
}

type Api = Rule['api']

/** A rule in its row while it is written. Enter keeps it, Esc drops it; errors stand under their field. */
export function RuleEditor(props: RuleEditorProps): ReactElement {
  const { number, rule, places, problemsOf, onCommit, onCancel } = props
  const instances = places.instances.map(({ name }) => name)
  const [model, setModel] = useState(rule?.model ?? '')
  const [named, setNamed] = useState<readonly string[]>(rule?.instances ?? [])
  const [deployment, setDeployment] = useState(rule?.deployment ?? '')
  const [baseModel, setBaseModel] = useState(rule?.base_model ?? '')
  const [api, setApi] = useState<Api>(rule?.api ?? 'auto')
  const list = useId()
  const [error, setError] = useState<{ field: string; message: string }>()

  const parsed = Rule.safeParse({
    ...rule,
    model,
    instances: named,
    deployment: deployment.trim() === '' ? undefined : deployment,
    base_model: baseModel.trim() === '' ? undefined : baseModel,
    api,
  })
  const problems = parsed.success ? problemsOf(parsed.data) : []
  const suggested = (places.deployments ?? [])
    .filter((one) => named.length === 0 || named.includes(one.instance))
    .map((one) => one.deployment)

  const commit = (): void => {
    if (parsed.success) {
      onCommit(withoutUndefined(parsed.data))
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
  const fix = (how: RuleFix): void => {
    if (!('rule' in how)) return
    setNamed(how.rule.instances)
    setDeployment(how.rule.deployment ?? '')
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
    <div className={rule?.model === undefined ? 'g-row edit edit-new' : 'g-row edit'} role="row" onKeyDown={onKeyDown}>
      <span role="cell" />
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
          list={list}
          value={deployment}
          onChange={(event) => setDeployment(event.target.value)}
          {...invalid('deployment')}
        />
        <datalist id={list}>
          {[...new Set(suggested)].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
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
      <span className="msg2 base-model" role="cell">
        <label className="hint" htmlFor={`${list}-base`}>
          Base model
        </label>
        <input
          id={`${list}-base`}
          className="input mono"
          placeholder="read from the names"
          spellCheck={false}
          value={baseModel}
          onChange={(event) => setBaseModel(event.target.value)}
          {...invalid('base_model')}
        />
        <span className="hint">which decides API and parameters</span>
      </span>
      {problems.length > 0 && (
        <span className="msg2" role="cell">
          {problems.map((problem) => (
            <Problem
              key={problem.message}
              problem={problem}
              onFix={problem.fix !== undefined && 'rule' in problem.fix ? fix : undefined}
            />
          ))}
        </span>
      )}
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

/** Keys that are not set are not there. */
function withoutUndefined(rule: Rule): Rule {
  const { deployment, base_model: base, ...rest } = rule
  return {
    ...rest,
    ...(deployment === undefined ? {} : { deployment }),
    ...(base === undefined ? {} : { base_model: base }),
  }
}
