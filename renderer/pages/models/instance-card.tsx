import type { ReactElement } from 'react'
import type { InstanceView, TestResult } from '../../../shared/contract.ts'
import { Button } from '../../ui/button.tsx'
import { duration } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { MoreMenu } from '../../ui/menu.tsx'
import { sourceWords } from '../../ui/sources.ts'

export interface InstanceCardProps {
  view: InstanceView
  test: TestResult | 'running' | undefined
  onTest: () => void
  onEdit: () => void
  onRemove: () => void
}

/** One upstream. All cards have the same rows, so that the eye compares across. */
export function InstanceCard({ view, test, onTest, onEdit, onRemove }: InstanceCardProps): ReactElement {
  const { instance, key, source, understood } = view
  const editable = source === 'settings'
  const models = instance.supported_models
  const mapped = Object.keys(instance.model_deployments).length
  return (
    <article className="card ic-card" aria-label={instance.name}>
      <header>
        <StateDot view={view} test={test} />
        <h3 className="cut" title={instance.name}>
          {instance.name}
        </h3>
        <span className="grow" />
        {editable && (
          <MoreMenu
            label={`More for ${instance.name}`}
            entries={[
              { label: 'Edit', icon: 'edit', onSelect: onEdit },
              { label: 'Remove', icon: 'clear', onSelect: onRemove },
            ]}
          />
        )}
      </header>
      <div className="ty" title={typeLine(view)}>
        {typeLine(view)}
      </div>
      <p className="und-line mono" title={understood}>
        {understood}
      </p>
      <p className="t3 cut">
        {models
          ? `${models.length === 1 ? '1 model' : `${models.length} models`}: ${models.join(', ')}`
          : 'any model name'}
        {mapped > 0 && `, ${mapped} renamed`}
      </p>
      {key.problem && (
        <p className="st err wrap">
          <Icon name="error" size={14} />
          <span>
            {key.problem.message} {key.problem.fix}
          </span>
        </p>
      )}
      {typeof test === 'object' && <TestReport result={test} />}
      <footer>
        <span className="st t3 cut">{editable ? testLine(test) : `${sourceWords(source)}, read-only here`}</span>
        <span className="grow" />
        <Button
          look="ghost"
          size="sm"
          aria-label={`Test ${instance.name}`}
          disabled={test === 'running'}
          onClick={onTest}
        >
          Test
        </Button>
      </footer>
    </article>
  )
}

function StateDot({ view, test }: { view: InstanceView; test: TestResult | 'running' | undefined }): ReactElement {
  const [className, label] = !view.instance.enabled
    ? ['dot off', 'switched off']
    : view.key.state === 'unreadable'
      ? ['dot err', 'its key cannot be read']
      : test === 'running'
        ? ['dot live', 'being tested']
        : test === undefined
          ? ['dot off', 'not tested yet']
          : test.ok
            ? ['dot', 'answers']
            : ['dot err', 'failing']
  return <span className={className} role="img" aria-label={label} title={label} />
}

const KEY_WORDS: Record<InstanceView['key']['state'], string> = {
  none: 'no key, passthrough',
  keychain: 'key in keychain',
  configured: 'key configured',
  entra: 'signs in with Entra',
  unreadable: 'key unreadable',
}

function typeLine({ instance, key }: InstanceView): string {
  if (instance.provider_type === 'simulator') return 'simulator'
  const auth = instance.auth === 'passthrough' ? 'passthrough' : KEY_WORDS[key.state]
  return [instance.provider_type, ...(instance.provider_type === 'azure' ? [instance.api_version] : []), auth].join(
    ' · ',
  )
}

function testLine(test: TestResult | 'running' | undefined): string {
  if (test === undefined) return 'not tested yet'
  if (test === 'running') return 'testing…'
  return test.ok ? 'answered just now' : 'failed just now'
}

/** What was asked, what came back, and what to do. */
export function TestReport({ result }: { result: TestResult }): ReactElement {
  return (
    <div className="test-report" role="status">
      <p className={result.ok ? 'st wrap' : 'st err wrap'}>
        <Icon name={result.ok ? 'ok' : 'error'} size={14} className={result.ok ? 'ok' : ''} />
        <span>
          {result.message} <span className="t3">{result.ok || result.ms > 0 ? duration(result.ms) : ''}</span>
        </span>
      </p>
      {result.fix !== undefined && <p className="t2">{result.fix}</p>}
      {result.request !== '' && (
        <p className="t3 mono asked cut" title={result.request}>
          {result.request}
          {result.status !== undefined && ` → ${result.status}`}
        </p>
      )}
    </div>
  )
}
