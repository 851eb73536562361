import { useState, type ReactElement } from 'react'
import type { Fault, FaultRule } from '../../../../shared/faults.ts'
import type { Failure } from '../../../../shared/exchange.ts'
import { failureOf } from '../../../console.ts'
import { useServices } from '../../../services.tsx'
import { Banner } from '../../../ui/banner.tsx'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { FaultForm } from './fault-form.tsx'
import { newRule, PRESETS } from './fault-draft.ts'
import { switchedOff, useFaultRules } from './fault-rules.ts'
import { ruleSentence } from './fault-sentence.ts'

/** The rules of faults: each change is in force at once. */
export function FaultsDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { console } = useServices()
  const { rules, set } = useFaultRules()
  const [edited, setEdited] = useState<FaultRule>()
  const [failure, setFailure] = useState<Failure>()
  const save = (next: readonly FaultRule[]): void => {
    console.traffic.faults.save({ rules: [...next] }).then(
      (saved) => {
        setFailure(undefined)
        setEdited(undefined)
        set(saved)
        return undefined
      },
      (error: unknown) => setFailure(failureOf(error)),
    )
  }
  const put = (rule: FaultRule): void =>
    save(
      rules.some(({ id }) => id === rule.id) ? rules.map((one) => (one.id === rule.id ? rule : one)) : [...rules, rule],
    )
  const begin = (fault: Fault): void => setEdited(newRule(crypto.randomUUID(), fault))
  const isNew = edited !== undefined && !rules.some(({ id }) => id === edited.id)
  return (
    <Dialog open title="Faults" onClose={onClose}>
      <div className="dialog-body">
        {failure && <Banner kind="err" inset title={failure.message} text={failure.fix} />}
        <p className="t2">
          What Lazuli does on purpose to the programs that call it, to see how they take it. The first rule that strikes
          counts; upstreams notice nothing.
        </p>
        {rules.length > 0 && (
          <ul className="fault-list" aria-label="Rules of faults">
            {rules.map((rule) => (
              <li key={rule.id}>
                {edited?.id === rule.id ? (
                  <FaultForm rule={edited} onSave={put} onCancel={() => setEdited(undefined)} />
                ) : (
                  <RuleLine
                    rule={rule}
                    onChange={put}
                    onEdit={() => setEdited(rule)}
                    onRemove={() => save(rules.filter(({ id }) => id !== rule.id))}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {isNew && <FaultForm key={edited.id} rule={edited} onSave={put} onCancel={() => setEdited(undefined)} />}
        <div>
          <h3 className="label">Add a rule</h3>
          <div className="fault-presets">
            {PRESETS.map(({ label, fault }) => (
              <Button key={label} size="sm" icon="plus" onClick={() => begin(fault)}>
                {label}
              </Button>
            ))}
          </div>
        </div>
      </div>
      <footer>
        {rules.some(({ enabled }) => enabled) && (
          <Button onClick={() => save(switchedOff(rules))}>Switch all off</Button>
        )}
        <Button look={edited === undefined ? 'primary' : 'normal'} onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  )
}

interface RuleLineProps {
  rule: FaultRule
  onChange: (rule: FaultRule) => void
  onEdit: () => void
  onRemove: () => void
}

function RuleLine({ rule, onChange, onEdit, onRemove }: RuleLineProps): ReactElement {
  const sentence = ruleSentence(rule)
  return (
    <div className="fault-line">
      <Switch label={`On: ${sentence}`} checked={rule.enabled} onChange={(enabled) => onChange({ ...rule, enabled })} />
      <span className={rule.enabled ? 'grow' : 'grow t3'}>
        {sentence}
        <span className="f12 t3 fault-kept">{rule.keep ? 'stays after a restart' : 'gone after a restart'}</span>
      </span>
      <IconButton icon="edit" label={`Edit: ${sentence}`} look="ghost" size="sm" onClick={onEdit} />
      <IconButton icon="clear" label={`Remove: ${sentence}`} look="ghost" size="sm" onClick={onRemove} />
    </div>
  )
}
