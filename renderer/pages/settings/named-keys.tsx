import { useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import type { LocalKeyView } from '../../../shared/spending.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { count, dollars } from '../../ui/format.ts'
import { sourceWords } from '../../ui/sources.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { Failed } from './failed.tsx'
import { NewKeyDialog } from './new-key-dialog.tsx'
import './money.css'

/** Further keys beside the one token: each with its own models, budget and end. */
export function NamedKeys(): ReactElement {
  const { console } = useServices()
  const answer = useAnswer(() => console.keys.list(), [console])
  const [making, setMaking] = useState(false)
  const [revoked, setRevoked] = useState<string>()
  const [failure, setFailure] = useState<Failure>()
  const { value: view } = answer
  const keys = view?.keys ?? []
  const show = (next: LocalKeyView[]): void => {
    if (view !== undefined) answer.set({ ...view, keys: next })
    setFailure(undefined)
  }
  const revoke = (name: string): void => {
    console.keys.revoke({ name }).then(
      (answered) => show(answered.keys),
      (error: unknown) => setFailure(failureOf(error)),
    )
  }

  return (
    <section aria-labelledby="h-keys" id="keys">
      <div className="sec-h">
        <h2 id="h-keys">Local keys</h2>
        <span className="grow" />
        <Button icon="plus" size="sm" disabled={view === undefined} onClick={() => setMaking(true)}>
          Add key
        </Button>
      </div>
      <p className="hint sec-hint">
        One for each program or person: what it uses is counted under its name, and it can be limited and revoked alone.
        They open the models, never this window or the configuration.
      </p>
      <Failed failure={failure ?? answer.failure} />
      {view?.auth === 'open' && keys.length > 0 && (
        <Banner
          kind="info"
          title="Calls without a key are served, too."
          text="Set LAZULI_SERVER_TOKEN, or start with --token, to require one."
          inset
        />
      )}
      {view !== undefined && keys.length === 0 && <p className="t2 none-yet">There is no key yet.</p>}
      {keys.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
        <div className="money-scroll" role="group" aria-label="Local keys, list" tabIndex={0}>
          <table className="money-table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Models</th>
                <th scope="col">Limit</th>
                <th scope="col" className="num">
                  Today
                </th>
                <th scope="col" className="num">
                  This month
                </th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span className="sr">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <KeyRow key={key.name} view={key} onRevoke={() => setRevoked(key.name)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {making && <NewKeyDialog taken={keys.map(({ name }) => name)} onClose={() => setMaking(false)} onMade={show} />}
      <Confirm
        open={revoked !== undefined}
        title={`Revoke the key ${revoked ?? ''}?`}
        action="Revoke"
        onClose={() => setRevoked(undefined)}
        onConfirm={() => revoked !== undefined && revoke(revoked)}
      >
        It stops working at once, and it cannot be brought back. Whoever uses it needs another one.
      </Confirm>
    </section>
  )
}

function KeyRow({ view, onRevoke }: { view: LocalKeyView; onRevoke: () => void }): ReactElement {
  const models = view.models?.join(', ') ?? 'any'
  return (
    <tr>
      <th scope="row">
        <span className="mono">{view.name}</span>
        {view.source !== 'settings' && <span className="t3 sub-line">{sourceWords(view.source)}</span>}
        {view.expires !== undefined && (
          <span className={view.expired ? 'err sub-line' : 't3 sub-line'}>
            {view.expired ? 'expired' : 'until'} {view.expires.slice(0, 10)}
          </span>
        )}
      </th>
      <td className="key-models" title={models}>
        {view.models === undefined ? <span className="t3">any</span> : <span className="mono">{models}</span>}
      </td>
      <td>{limitWords(view)}</td>
      <td className="num">{spentWords(view.today)}</td>
      <td className="num">{spentWords(view.month)}</td>
      <td>{view.lastUsed === undefined ? <span className="t3">never</span> : <LastUsed at={view.lastUsed} />}</td>
      <td className="num">
        {view.source === 'settings' && (
          <IconButton icon="clear" label={`Revoke ${view.name}`} look="ghost" size="sm" onClick={onRevoke} />
        )}
      </td>
    </tr>
  )
}

function limitWords({ daily, monthly, on_exceed: reaction }: LocalKeyView): ReactElement | string {
  const limits = [
    ...(daily === undefined ? [] : [`${dollars(daily)} a day`]),
    ...(monthly === undefined ? [] : [`${dollars(monthly)} a month`]),
  ]
  if (limits.length === 0) return <span className="t3">none</span>
  return (
    <>
      {limits.join(', ')}
      <span className="t3 sub-line">{reaction === 'block' ? 'blocks' : 'warns'}</span>
    </>
  )
}

function spentWords({ usd, unpriced }: LocalKeyView['today']): ReactElement {
  return (
    <>
      {dollars(usd)}
      {unpriced > 0 && <span className="t3 sub-line">{count(unpriced)} unpriced</span>}
    </>
  )
}

function LastUsed({ at }: { at: number }): ReactElement {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {date.toLocaleDateString(undefined, { dateStyle: 'medium' })}
    </time>
  )
}
