import type { ReactElement } from 'react'
import type { InstanceView } from '../../../shared/instance-view.ts'
import type { InstanceLive } from '../../../shared/live.ts'
import type { Sums } from '../../../shared/spending.ts'
import { Button } from '../../ui/button.tsx'
import { duration, money } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { MoreMenu } from '../../ui/menu.tsx'
import { sourceWords } from '../../ui/sources.ts'
import { Switch } from '../../ui/switch.tsx'
import { quotaOf, stateOf, type ShownQuota, type TestState } from './instance-state.ts'
import { TestReport } from './test-report.tsx'

export interface InstanceCardProps {
  view: InstanceView
  live: InstanceLive | undefined
  /** Of today; `none`: nothing was asked today; undefined: not known. */
  spent: Sums | 'none' | undefined
  /** Milliseconds since the epoch. */
  now: number
  test: TestState
  onTest: () => void
  onEnable: (enabled: boolean) => void
  onDeployments: () => void
  onEdit: () => void
  onRemove: () => void
}

/** One upstream. All cards have the same rows, so that the eye compares across. */
export function InstanceCard(props: InstanceCardProps): ReactElement {
  const { view, live, spent, now, test } = props
  const { instance, source, understood } = view
  const editable = source === 'settings'
  const state = stateOf({ view, live, test, now })
  const { problem } = state
  return (
    <article className={instance.enabled ? 'card ic-card' : 'card ic-card is-off'} aria-label={instance.name}>
      <header>
        <span className={state.dot} aria-hidden="true" />
        <h3 className="cut" title={instance.name}>
          {instance.name}
        </h3>
        <span className="grow" />
        {editable && (
          <Switch
            label={instance.enabled ? `Switch ${instance.name} off` : `Switch ${instance.name} on`}
            checked={instance.enabled}
            onChange={props.onEnable}
          />
        )}
        <MoreMenu
          label={`More for ${instance.name}`}
          entries={[
            { label: 'Deployments', icon: 'cube', onSelect: props.onDeployments },
            ...(editable
              ? [
                  { label: 'Edit', icon: 'edit' as const, onSelect: props.onEdit },
                  { label: 'Remove', icon: 'clear' as const, onSelect: props.onRemove },
                ]
              : []),
          ]}
        />
      </header>
      <div className="ty cut" title={`${typeLine(view)}\n${understood}\n${servesLine(view)}`}>
        {typeLine(view)}
      </div>
      <Quota label="Tokens/min left" quota={quotaOf(live, 'tokens', now)} />
      <Quota label="Requests/min left" quota={quotaOf(live, 'requests', now)} />
      <dl className="trio">
        <Figure name="TTFT" value={live?.ttftMs === undefined ? '—' : duration(live.ttftMs)} />
        <Figure
          name="errors, 5 min"
          value={live === undefined ? '—' : live.requests === 0 ? 'no calls' : `${live.errors} of ${live.requests}`}
        />
        <Figure name="today" value={costWords(spent)} />
      </dl>
      {problem && (
        <p className="st err wrap">
          <Icon name="error" size={14} />
          <span>
            {problem.message} {problem.fix}
          </span>
        </p>
      )}
      {typeof test === 'object' && <TestReport result={test} />}
      <footer>
        <span className="st cut">
          <span className={state.dot.includes('err') ? 'err-text' : undefined}>{state.word}</span>
          <span className="t3 cut">
            {!editable ? ` · ${sourceWords(source)}` : instance.enabled ? ` · priority ${instance.priority}` : ''}
          </span>
        </span>
        <span className="grow" />
        <Button
          look="ghost"
          size="sm"
          aria-label={`Test ${instance.name}`}
          disabled={test === 'running'}
          onClick={props.onTest}
        >
          {test === 'running' ? 'Testing…' : 'Test'}
        </Button>
      </footer>
    </article>
  )
}

function Quota({ label, quota }: { label: string; quota: ShownQuota }): ReactElement {
  const { text, left, title } = quota
  return (
    <div className="q" title={title}>
      <span>{label}</span>
      <span>{text}</span>
      {left === undefined ? (
        <span className="meter none" />
      ) : (
        <span className={left < 0.05 ? 'meter err' : left < 0.2 ? 'meter warn' : 'meter'}>
          <i style={{ width: `${Math.round(left * 100)}%` }} />
        </span>
      )}
    </div>
  )
}

function Figure({ name, value }: { name: string; value: string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="cut" title={value}>
        {value}
      </dd>
    </div>
  )
}

/** What has no price is not free. */
function costWords(spent: InstanceCardProps['spent']): string {
  if (spent === undefined) return '—'
  if (spent === 'none') return '$0'
  if (spent.unpriced === 0) return money(spent.cost)
  return spent.cost === 0 ? 'unpriced' : `${money(spent.cost)} +`
}

const KEY_WORDS: Record<InstanceView['key']['state'], string> = {
  none: 'no key, passthrough',
  keychain: 'key in keychain',
  configured: 'key configured',
  entra: 'signs in with Entra',
  unreadable: 'key unreadable',
}

function typeLine({ instance, key }: InstanceView): string {
  if (instance.provider_type === 'simulator') return 'simulator · built in'
  if (instance.provider_type === 'recording') return 'recording · played again'
  const auth = instance.auth === 'passthrough' ? 'passthrough' : KEY_WORDS[key.state]
  return [instance.provider_type, ...(instance.provider_type === 'azure' ? [instance.api_version] : []), auth].join(
    ' · ',
  )
}

function servesLine({ instance }: InstanceView): string {
  const models = instance.supported_models
  const mapped = Object.keys(instance.model_deployments).length
  const names = models === undefined || models.length === 0 ? 'any model name' : models.join(', ')
  return mapped === 0 ? names : `${names}; ${mapped} renamed`
}
