import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, type ReactElement } from 'react'
import { hexLine, hexLineCount } from './hex-lines.ts'

const LINE_PX = 18

/** The bytes of an event, whatever their number: only the lines in view are in the page. */
export function HexView({ label, text }: { label: string; text: string }): ReactElement {
  const scroller = useRef<HTMLDivElement>(null)
  const bytes = useMemo(() => new TextEncoder().encode(text), [text])
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised on what it returns
  const virtualizer = useVirtualizer({
    count: hexLineCount(bytes),
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 10,
  })
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="hex code s" ref={scroller} role="region" aria-label={label} tabIndex={0}>
      <div className="hex-in" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const line = hexLine(bytes, item.index)
          return (
            <div key={item.key} className="hex-line" style={{ transform: `translateY(${item.start}px)` }}>
              <span className="c-p">{line.offset}</span>
              <span>{line.hex}</span>
              <span className="c-s">{line.text}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
