import { useMemo, useState, type ReactElement } from 'react'
import type { ExchangeDetail } from '../../../../shared/exchange.ts'
import { CodeView } from '../../../ui/code-view.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import type { Followed } from '../followed-exchange.ts'
import { wireText, type WirePart } from '../wire-text.ts'

const PARTS: readonly { part: WirePart; name: string }[] = [
  { part: 'client-request', name: 'Client request' },
  { part: 'upstream-request', name: 'Upstream request' },
  { part: 'upstream-answer', name: 'Upstream answer' },
  { part: 'client-answer', name: 'Client answer' },
]

/** The four messages of an exchange as plain text, secrets redacted. */
export function RawTab({ detail, followed }: { detail: ExchangeDetail; followed: Followed }): ReactElement {
  const [part, setPart] = useState<WirePart>('client-request')
  const { upstream, client } = followed
  const text = useMemo(() => wireText(part, detail, { upstream, client }), [part, detail, upstream, client])
  return (
    <div className="raw">
      <div className="raw-h">
        <div className="seg-ctl" role="group" aria-label="Message">
          {PARTS.map((entry) => (
            <button
              key={entry.part}
              type="button"
              aria-pressed={entry.part === part}
              onClick={() => setPart(entry.part)}
            >
              {entry.name}
            </button>
          ))}
        </div>
        <span className="hint hide-s">Secrets were redacted before this was stored.</span>
        <span className="grow" />
        {text !== '' && <CopyButton text={text} label="Copy raw text" words />}
      </div>
      {text === '' ? (
        <p className="hint http-none">No upstream was asked.</p>
      ) : (
        <CodeView key={part} label="Raw text" text={text} as="text" />
      )}
    </div>
  )
}
