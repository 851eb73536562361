import { useMemo, useState, type ReactElement } from 'react'
import { CodeReader } from '../../../ui/editor/code-reader.tsx'
import { bytes, plural } from '../../../ui/format.ts'
import { prettyJson } from '../../../ui/pretty-json.ts'

/** Strings of more characters, mostly pictures, are shortened on screen. */
const STRING_SHOWN = 4_000
/** So much of a body is shown at first, in characters. */
const HEAD_CHARS = 1_000_000

/** A JSON body, indented, to fold and search in; of a very long one the head first. */
export function BodyReader({ label, text }: { label: string; text: string }): ReactElement {
  const [shown, setShown] = useState(HEAD_CHARS)
  const pretty = useMemo(() => prettyJson(text, STRING_SHOWN), [text])
  const whole = pretty?.text ?? text
  const left = whole.length - shown
  return (
    <>
      <CodeReader
        label={label}
        text={left > 0 ? whole.slice(0, shown) : whole}
        language={pretty && left <= 0 ? 'json' : 'text'}
      />
      {(left > 0 || (pretty?.shortened ?? 0) > 0) && (
        <p className="hint body-foot">
          {pretty !== undefined &&
            pretty.shortened > 0 &&
            `${plural(pretty.shortened, 'long string')} shortened here; Copy has all. `}
          {left > 0 && (
            <button type="button" className="more-text" onClick={() => setShown(shown * 4)}>
              Show more ({bytes(left)} left)
            </button>
          )}
        </p>
      )}
    </>
  )
}
