import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, type ReactElement } from 'react'
import { count } from './format.ts'
import { jsonLines, plainLines, type Line, type TokenKind } from './json-lines.ts'

const LINE_PX = 18
/** Longer lines are cut on screen; the copy button has all. */
const LINE_SHOWN = 5_000

const COLOURS: Record<TokenKind, string | undefined> = {
  key: 'c-k',
  string: 'c-s',
  number: 'c-n',
  word: 'c-w',
  punctuation: 'c-p',
  space: undefined,
}

export interface CodeViewProps {
  /** Accessible name of the text. */
  label: string
  text: string
  /** json: indented and coloured if the text is JSON. text: as it is. */
  as?: 'json' | 'text'
}

/** A text of any length; only the lines in view are in the page. */
export function CodeView({ label, text, as = 'json' }: CodeViewProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => (as === 'json' ? jsonLines(text) : undefined) ?? plainLines(text), [text, as])
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="code s code-view" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <div className="code-lines" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtualizer.measureElement}
            className="code-line"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <LineText line={lines[item.index] ?? []} />
          </div>
        ))}
      </div>
    </div>
  )
}

function LineText({ line }: { line: Line }): ReactElement {
  const indent = line[0]?.kind === 'space' && line.length > 1 ? line[0].text.length : 0
  let left = LINE_SHOWN
  return (
    <div style={indent > 0 ? { paddingLeft: `${indent}ch` } : undefined}>
      {line.map((token, index) => {
        if (index === 0 && indent > 0) return null
        const shown = token.text.slice(0, Math.max(0, left))
        const rest = token.text.length - shown.length
        left -= token.text.length
        return (
          // oxlint-disable-next-line react/no-array-index-key -- tokens of one fixed line
          <span key={index} className={COLOURS[token.kind]}>
            {shown}
            {rest > 0 && <span className="c-c"> … {count(rest)} more characters</span>}
          </span>
        )
      })}
      {line.length === 0 || (line.length === 1 && line[0]?.text === '') ? '\u200b' : null}
    </div>
  )
}
