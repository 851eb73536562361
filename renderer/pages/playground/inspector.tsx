import { useState, type ReactElement } from 'react'
import { asCurl } from '../../../shared/code/as-curl.ts'
import { asPython } from '../../../shared/code/as-python.ts'
import { asTypeScript } from '../../../shared/code/as-typescript.ts'
import type { AppInfo } from '../../../shared/contract.ts'
import type { ApiCall } from '../../../shared/playground.ts'
import { hrefOf } from '../../route.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeView } from '../../ui/code-view.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Segments } from '../../ui/segments.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import type { Inspected } from './chat-store.ts'
import { RawExchange } from './raw-exchange.tsx'
import { useChatStore, useSession } from './use-chat.ts'

const VIEWS = ['cURL', 'TypeScript', 'Python', 'JSON', 'Raw'] as const
type View = (typeof VIEWS)[number]

/** A request as code of three kinds and as JSON, and what went over the wire for it. */
export function Inspector({ what }: { what: Inspected }): ReactElement {
  const chat = useChatStore()
  const { console } = useServices()
  const info = useLive((state) => state.info)
  const answer = useSession((session) => {
    const turn = what.turn === undefined ? undefined : session.turns.get(what.turn)
    return turn?.role === 'assistant' ? turn : undefined
  })
  const [view, setView] = useState<View>(what.view ?? 'cURL')
  const { value: call, failure } = useAnswer(async () => {
    const request = chat.getState().requestFor(what.lane, answer)
    return request === undefined || request.turns.length === 0 ? undefined : console.playground.compose(request)
  }, [console, chat, what, answer?.id])
  const close = (): void => chat.getState().inspect(undefined)
  const views = answer?.exchange === undefined ? VIEWS.slice(0, -1) : VIEWS
  return (
    <Dialog open title={answer === undefined ? 'The next request' : `Request to ${answer.model}`} onClose={close}>
      <div className="dialog-body inspector">
        <div className="row">
          <Segments label="View" options={views} value={view} onChange={setView} />
          <span className="grow" />
          {call && <span className="f12 t3">{dialectName(call.dialect)}</span>}
        </div>
        {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
        {view === 'Raw'
          ? answer?.exchange !== undefined && <RawExchange id={answer.exchange} />
          : call && info && <Code view={view} call={call} info={info} />}
      </div>
      <footer>
        {answer?.exchange !== undefined && (
          <a className="btn" href={hrefOf('traffic', answer.exchange)} onClick={close}>
            Open in Traffic
          </a>
        )}
        <Button onClick={close}>Close</Button>
      </footer>
    </Dialog>
  )
}

interface CodeProps {
  view: Exclude<View, 'Raw'>
  call: ApiCall
  info: AppInfo
}

function Code({ view, call, info }: CodeProps): ReactElement {
  const text = codeOf(view, call, info)
  return (
    <div className="codebox">
      <div className="codebox-head">
        <span className="mono cut">{view === 'JSON' ? `POST ${call.path}` : view}</span>
        <span className="grow" />
        <CopyButton text={text} label={`Copy as ${view}`} words />
      </div>
      <CodeView key={view} label={`Request as ${view}`} text={text} as={view === 'JSON' ? 'json' : 'text'} />
      {info.auth === 'token' && view !== 'JSON' && (
        <p className="hint codebox-foot">
          <span className="mono">LAZULI_KEY</span> is the local key:{' '}
          <a href={hrefOf('settings')}>show it in Settings</a>
        </p>
      )}
    </div>
  )
}

function codeOf(view: Exclude<View, 'Raw'>, { dialect, body }: ApiCall, { baseUrl, auth }: AppInfo): string {
  const call = { baseUrl, auth, dialect, body }
  switch (view) {
    case 'cURL':
      return asCurl(call)
    case 'TypeScript':
      return asTypeScript(call)
    case 'Python':
      return asPython(call)
    case 'JSON':
      return JSON.stringify(body, null, 2)
  }
}
