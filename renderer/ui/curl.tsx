import type { ReactElement } from 'react'
import { CopyButton } from './copy.tsx'

export interface CurlProps {
  baseUrl: string
  auth: 'token' | 'open'
  model: string
  title: string
}

/** The command as it is copied; with a local key it reads the key from the environment. */
export function curlText({ baseUrl, auth, model }: Omit<CurlProps, 'title'>): string {
  const key = auth === 'token' ? '  -H "Authorization: Bearer $LAZULI_KEY" \\\n' : ''
  const body = `{"model":${JSON.stringify(model)},"stream":true,\n       "messages":[{"role":"user","content":"Say hello"}]}`
  return `curl -N ${baseUrl}/v1/chat/completions \\\n${key}  -H "content-type: application/json" \\\n  -d '${body}'`
}

/** A first request from a terminal, ready to copy. */
export function Curl(props: CurlProps): ReactElement {
  const text = curlText(props)
  return (
    <div className="codebox">
      <header>
        {props.title}
        <span className="grow" />
        <CopyButton text={text} label="Copy curl command" words />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <pre className="code s wrap-code" tabIndex={0} aria-label="curl command" role="region">
        {text.split(/("[^"]*?"|'[^']*')/).map((part, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- parts of one fixed text
          <span key={index} className={index % 2 === 1 ? 'c-s' : undefined}>
            {part}
          </span>
        ))}
      </pre>
      {props.auth === 'token' && (
        <p className="hint codebox-foot">
          <span className="mono">LAZULI_KEY</span> is the local key: <a href="#/settings">show it in Settings</a>
        </p>
      )}
    </div>
  )
}
