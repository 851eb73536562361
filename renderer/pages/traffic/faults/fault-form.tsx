import { useState, type ReactElement } from 'react'
import { describeFault, type FaultRule } from '../../../../shared/faults.ts'
import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/field.tsx'
import { Select } from '../../../ui/select.tsx'
import { draftOf, KINDS, ruleOf, STATUSES, type DraftErrors, type FaultDraft } from './fault-draft.ts'

export interface FaultFormProps {
  rule: FaultRule
  onSave: (rule: FaultRule) => void
  onCancel: () => void
}

/** One rule of faults, to write. */
export function FaultForm({ rule, onSave, onCancel }: FaultFormProps): ReactElement {
  const [draft, setDraft] = useState(() => draftOf(rule))
  const [tried, setTried] = useState(false)
  const written = ruleOf(draft)
  const errors: DraftErrors = tried && 'errors' in written ? written.errors : {}
  const set = (change: Partial<FaultDraft>): void => setDraft((before) => ({ ...before, ...change }))
  return (
    <form
      className="fault-form"
      aria-label="Rule"
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if ('rule' in written) onSave(written.rule)
      }}
    >
      <div className="fault-fields">
        <Text label="Client" value={draft.client} placeholder="any" onChange={(client) => set({ client })} />
        <Text label="Model" value={draft.model} placeholder="any" onChange={(model) => set({ model })} />
        <Text
          label="Percent of requests"
          value={draft.percent}
          error={errors.percent}
          onChange={(percent) => set({ percent })}
        />
        <Field label="Fault">
          {() => <Select label="Fault" value={draft.kind} options={KINDS} onChange={(kind) => set({ kind })} />}
        </Field>
        <Parameters draft={draft} errors={errors} set={set} />
      </div>
      <label className="fault-keep">
        <input type="checkbox" checked={draft.keep} onChange={(event) => set({ keep: event.target.checked })} />
        Keep after a restart
      </label>
      <div className="row">
        <span className="f12 t2 cut grow">{'rule' in written && `It ${describeFault(written.rule.fault)}.`}</span>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" type="submit" look="primary">
          Save rule
        </Button>
      </div>
    </form>
  )
}

interface ParametersProps {
  draft: FaultDraft
  errors: DraftErrors
  set: (change: Partial<FaultDraft>) => void
}

/** What the kind of fault asks for. */
function Parameters({ draft, errors, set }: ParametersProps): ReactElement | null {
  const ms = <Text label="Milliseconds" value={draft.ms} error={errors.ms} onChange={(value) => set({ ms: value })} />
  const at = <Text label="Before event" value={draft.at} error={errors.at} onChange={(value) => set({ at: value })} />
  switch (draft.kind) {
    case 'status':
      return (
        <>
          <Field label="Status">
            {() => (
              <Select
                label="Status"
                value={draft.status}
                options={STATUSES.map((status) => ({ value: String(status), label: String(status) }))}
                onChange={(status) => set({ status })}
              />
            )}
          </Field>
          <Text
            label="Retry-After, seconds"
            value={draft.retryAfter}
            placeholder="none"
            error={errors.retryAfter}
            onChange={(retryAfter) => set({ retryAfter })}
          />
        </>
      )
    case 'latency':
    case 'slow':
      return ms
    case 'stall':
      return (
        <>
          {ms}
          {at}
        </>
      )
    case 'cut':
      return at
    case 'malformed':
      return <Text label="Event" value={draft.at} error={errors.at} onChange={(value) => set({ at: value })} />
    case 'missing_end':
      return null
  }
}

interface TextProps {
  label: string
  value: string
  placeholder?: string
  error?: string | undefined
  onChange: (value: string) => void
}

function Text({ label, value, placeholder, error, onChange }: TextProps): ReactElement {
  return (
    <Field label={label} error={error}>
      {(ids) => (
        <input
          {...ids}
          className="input"
          value={value}
          placeholder={placeholder}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
