import { useState, type ReactElement } from 'react'
import type { SettingsView } from '../../../shared/settings.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Copied, useCopy } from '../../ui/copy.tsx'
import { Icon } from '../../ui/icons.tsx'
import { sourceWords } from '../../ui/sources.ts'
import { Row } from './row.tsx'

const HIDDEN = '••••••••••••••••••••••••'

/** The key that local tools send: hidden until asked for. */
export function LocalKey({ view }: { view: SettingsView }): ReactElement {
  const { console } = useServices()
  const { copied, copy } = useCopy()
  const [token, setToken] = useState<string>()
  const [shown, setShown] = useState(false)
  const [asking, setAsking] = useState(false)
  const [renewed, setRenewed] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const complain = (error: unknown): void => setFailure(failureOf(error))
  const own = view.tokenSource === 'settings' || view.tokenSource === 'default'

  const reveal = async (): Promise<string> => {
    const known = token ?? (await console.settings.revealToken()).token
    setToken(known)
    setFailure(undefined)
    return known
  }
  const renew = (): void => {
    console.settings.renewToken().then((next) => {
      setToken(next.token)
      setShown(true)
      setRenewed(true)
      return setFailure(undefined)
    }, complain)
  }

  return (
    <Row
      label="Local key"
      hint="What your tools send; it never goes to Azure"
      {...(view.hasToken ? { htmlFor: 'local-key' } : {})}
    >
      {view.hasToken ? (
        <>
          <div className="inputbox key-box">
            <Icon name="key" size={14} />
            <input id="local-key" className="mono" readOnly value={shown && token !== undefined ? token : HIDDEN} />
            <IconButton
              icon="eye"
              label={shown ? 'Hide local key' : 'Show local key'}
              look="ghost"
              size="sm"
              aria-pressed={shown}
              onClick={() => {
                if (shown) setShown(false)
                else reveal().then(() => setShown(true), complain)
              }}
            />
            <IconButton
              icon={copied ? 'check' : 'copy'}
              label="Copy local key"
              look="ghost"
              size="sm"
              onClick={() => void reveal().then(copy, complain)}
            />
            <Copied when={copied} />
          </div>
          <Button disabled={!own} onClick={() => setAsking(true)}>
            New key
          </Button>
        </>
      ) : (
        <span className="st f12">
          <Icon name="info" size={14} className="t3" />
          none is needed
        </span>
      )}
      <span className="hint" role="status">
        {renewed
          ? 'This is the new key. Tools that send the old one are refused from now on.'
          : view.auth.value === 'open'
            ? 'Open: every program on this computer may call without a key. Browsers of other sites are refused all the same. Set LAZULI_SERVER_TOKEN, or start with --token, to require one.'
            : 'Send it as Authorization: Bearer, api-key or x-api-key. Without it a call is refused.'}
      </span>
      {view.hasToken && !own && (
        <span className="src">set {sourceWords(view.tokenSource)}, so it cannot be changed here</span>
      )}
      {failure && (
        <span className="st err f12 wrap" role="alert">
          <Icon name="error" size={14} />
          {failure.message} {failure.fix}
        </span>
      )}
      <Confirm
        open={asking}
        title="Make a new local key?"
        action="New key"
        onClose={() => setAsking(false)}
        onConfirm={renew}
      >
        The old key stops working at once. Every tool that uses it must get the new one.
      </Confirm>
    </Row>
  )
}
