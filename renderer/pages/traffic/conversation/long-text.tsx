import { useState, type ReactElement } from 'react'
import { count } from '../../../ui/format.ts'

const FIRST_CHARS = 8_000
const MORE_CHARS = 200_000

/** Text of any length: its head, and the rest in pieces when it is asked for. Nothing in it is active. */
export function LongText({ text, className = '' }: { text: string; className?: string }): ReactElement {
  const [shown, setShown] = useState(FIRST_CHARS)
  const left = text.length - shown
  return (
    <>
      <div className={`long-text ${className}`.trimEnd()}>{left > 0 ? text.slice(0, shown) : text}</div>
      {left > 0 && (
        <button type="button" className="more-text" onClick={() => setShown(shown + MORE_CHARS)}>
          {`Show ${left > MORE_CHARS ? `${count(MORE_CHARS)} of ` : ''}${count(left)} more characters`}
        </button>
      )}
    </>
  )
}
