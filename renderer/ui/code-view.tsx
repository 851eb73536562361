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
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised on what it returns
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
  const [first, ...rest] = line
  const indent = first?.kind === 'space' && rest.length > 0 ? first.text.length : 0
  const parts = clipped(indent > 0 ? rest : line)
  return (
    <div style={indent > 0 ? { paddingLeft: `${indent}ch` } : undefined}>
      {parts.map((part, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- tokens of one fixed line
        <span key={index} className={COLOURS[part.kind]}>
          {part.text}
          {part.hidden > 0 && <span className="c-c"> … {count(part.hidden)} more characters</span>}
        </span>
      ))}
      {parts.every((part) => part.text === '') && EMPTY_LINE}
    </div>
  )
}

/** Gives an empty line its height. */
const EMPTY_LINE = '\u200B'

interface Part {
  kind: TokenKind
  text: string
  /** Characters that are not shown. */
  hidden: number
}

function clipped(line: Line): Part[] {
  const parts: Part[] = []
  let left = LINE_SHOWN
  for (const { kind, text } of line) {
    const shown = text.slice(0, Math.max(0, left))
    parts.push({ kind, text: shown, hidden: text.length - shown.length })
    left -= text.length
  }
  return parts
}
