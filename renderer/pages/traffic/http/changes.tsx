import { useMemo, type ReactElement } from 'react'
import { DiffReader } from '../../../ui/editor/code-reader.tsx'
import { prettyJson } from '../../../ui/pretty-json.ts'

const STRING_SHOWN = 2_000
/** Longer bodies are compared as far as this, in characters. */
const COMPARED_CHARS = 500_000

/** What the client sent and what went upstream, beside each other. */
export function Changes({ client, upstream }: { client: string; upstream: string }): ReactElement {
  const [before, after] = useMemo(() => [shown(client), shown(upstream)], [client, upstream])
  if (client === upstream) return <p className="hint http-none">The body went upstream as it came, byte for byte.</p>
  return (
    <>
      <div className="diff-h f11 t3">
        <span>From the client</span>
        <span>To the upstream</span>
      </div>
      <DiffReader
        before={{ label: 'Body from the client', text: before }}
        after={{ label: 'Body to the upstream', text: after }}
      />
    </>
  )
}

function shown(body: string): string {
  return (prettyJson(body, STRING_SHOWN)?.text ?? body).slice(0, COMPARED_CHARS)
}
