import type { ReactElement } from 'react'
import { duration, offset } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import type { GridRow, SilenceRow } from './align.ts'

export type Mark = Exclude<GridRow, { type: 'events' }>

/** A row across both lanes that is no event: a silence, or the first delta. */
export function MarkRow({ mark, top, client }: { mark: Mark; top: number; client: string }): ReactElement {
  const style = { transform: `translateY(${top}px)` }
  switch (mark.type) {
    case 'ttft':
      return (
        <div className="b-ttft" style={style}>
          <span className="lab">
            <Icon name="clock" size={12} />
            TTFT {duration(mark.ms)}
          </span>
          <span className="nt">first byte reaches {client}</span>
        </div>
      )
    case 'gap':
      return (
        <div className="b-gap" style={style}>
          <span>Gap {duration(mark.toMs - mark.fromMs)}</span>
        </div>
      )
    case 'stall':
      return (
        <div className="b-stall" style={style}>
          <span className="lab">
            <Icon name="warn" size={14} />
            Stall {duration(mark.toMs - mark.fromMs)}
          </span>
          <span className="nt">{stallText(mark)}</span>
        </div>
      )
  }
}

function stallText({ fromMs, toMs, quiet }: SilenceRow): string {
  const silence = `Upstream sent nothing from ${offset(fromMs)} to ${offset(toMs)}.`
  return quiet
    ? `${silence} The client saw the same silence.`
    : `${silence} The client still got what is written in between.`
}
