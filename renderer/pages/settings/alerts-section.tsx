import { useState, type ReactElement } from 'react'
import { AlertKind } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { NewWebhook, type WebhookView } from '../../../shared/settings.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Select } from '../../ui/select.tsx'
import { sourceWords } from '../../ui/sources.ts'
import { SettingNotes } from './setting-notes.tsx'
import type { SectionProps } from './text-setting.tsx'
import { isFixed } from './use-settings.ts'

const NAMES: Record<AlertKind, string> = { feishu: 'Feishu', slack: 'Slack', teams: 'Teams', webhook: 'Plain JSON' }

/** Where trouble is told. */
export function AlertsSection({ view, onSaved }: SectionProps): ReactElement {
  const { console } = useServices()
  const [failure, setFailure] = useState<Failure>()
  const remove = (id: string): void => {
    console.settings.removeWebhook({ id }).then(onSaved, (error: unknown) => setFailure(failureOf(error)))
  }
  return (
    <section aria-labelledby="h-alerts" id="alerts">
      <h2 id="h-alerts">Alerts</h2>
      <p className="hint sec-hint">
        Told there: refused credentials, quota that is used up, requests that failed for good, budgets. Ten messages in
        ten minutes at most, never a key or a prompt.
      </p>
      <ul className="money-list" aria-label="Webhooks">
        {view.webhooks.map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} onRemove={() => remove(webhook.id)} />
        ))}
      </ul>
      {view.webhooks.length === 0 && <p className="t2 none-yet">No webhook is set: trouble is only in the log.</p>}
      <SettingNotes failure={failure} />
      <AddWebhook onSaved={onSaved} />
    </section>
  )
}

function WebhookRow({ webhook, onRemove }: { webhook: WebhookView; onRemove: () => void }): ReactElement {
  const { console } = useServices()
  const [result, setResult] = useState<{ ok: boolean; message: string } | 'running'>()
  const name = `${NAMES[webhook.kind]} ${webhook.host ?? ''}`.trim()
  const fixed = isFixed(webhook.source)
  const test = (): void => {
    setResult('running')
    console.settings.testWebhook({ id: webhook.id }).then(setResult, (error: unknown) => {
      setResult({ ok: false, message: failureOf(error).message })
    })
  }
  return (
    <li>
      <div className="money-name">
        <span className="med">{NAMES[webhook.kind]}</span>
        {fixed && <span className="src">set {sourceWords(webhook.source)}</span>}
      </div>
      <div className="webhook">
        <span className="mono f12 cut">{webhook.host === undefined ? '' : `${webhook.host}/…`}</span>
        {webhook.problem && (
          <span className="st err f12 wrap">
            <Icon name="error" size={14} />
            {webhook.problem.message} {webhook.problem.fix}
          </span>
        )}
        <span role="status">
          {typeof result === 'object' && (
            <span className={`st f12 wrap${result.ok ? '' : ' err'}`}>
              <Icon name={result.ok ? 'ok' : 'error'} size={14} className={result.ok ? 'ok' : ''} />
              {result.message}
            </span>
          )}
        </span>
      </div>
      <div className="row">
        <Button size="sm" aria-label={`Test ${name}`} disabled={result === 'running'} onClick={test}>
          {result === 'running' ? 'Testing…' : 'Test'}
        </Button>
        <IconButton icon="clear" label={`Remove ${name}`} look="ghost" size="sm" disabled={fixed} onClick={onRemove} />
      </div>
    </li>
  )
}

function AddWebhook({ onSaved }: Pick<SectionProps, 'onSaved'>): ReactElement {
  const { console } = useServices()
  const [kind, setKind] = useState<AlertKind>('slack')
  const [url, setUrl] = useState('')
  const [problem, setProblem] = useState<string>()
  const [failure, setFailure] = useState<Failure>()
  const add = (): void => {
    const checked = NewWebhook.safeParse({ kind, url: url.trim() })
    setProblem(checked.success ? undefined : checked.error.issues[0]?.message)
    if (!checked.success) return
    console.settings.addWebhook(checked.data).then(
      (view) => {
        setUrl('')
        setFailure(undefined)
        return onSaved(view)
      },
      (error: unknown) => setFailure(failureOf(error)),
    )
  }
  return (
    <form
      className="add-webhook"
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <div className="s-select narrow">
        <Select
          label="Kind of webhook"
          value={kind}
          options={AlertKind.options.map((value) => ({ value, label: NAMES[value] }))}
          onChange={setKind}
        />
      </div>
      <input
        className="input"
        aria-label="Address of the webhook"
        placeholder="https://… as the service shows it"
        autoComplete="off"
        value={url}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby="webhook-note"
        onChange={(event) => setUrl(event.target.value)}
      />
      <Button type="submit" icon="plus" disabled={url.trim() === ''}>
        Add webhook
      </Button>
      <span className="hint" id="webhook-note">
        {problem === undefined ? (
          'The address is a secret: it goes into the keychain.'
        ) : (
          <span className="st err f12">
            <Icon name="error" size={14} />
            {problem}
          </span>
        )}
      </span>
      <SettingNotes failure={failure} />
    </form>
  )
}
