import { useMemo, type ReactElement } from 'react'
import type { ExchangeDetail, LaneEvent } from '../../../../shared/exchange.ts'
import { count, duration, offset } from '../../../ui/format.ts'
import { createLooks } from '../event-looks.ts'
import type { Followed } from '../followed-exchange.ts'
import { endOf } from '../stream/moment.ts'
import { gapHistogram, paceOf, type GapBar, type Pace } from '../stream/pace.ts'
import { axisTimes } from '../stream/ticks.ts'
import { phasesOf } from './phases.ts'

/** Where the time went: phases of each attempt, how fast the answer came, and how long the silences were. */
export function TimingTab({ detail, followed }: { detail: ExchangeDetail; followed: Followed }): ReactElement {
  const { summary } = detail
  const endMs = endOf(followed, summary.durationMs)
  const look = useMemo(() => createLooks(), [])
  const pace = useMemo(() => paceOf(followed.client, look, summary.usage), [followed.client, look, summary.usage])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="timing" role="region" aria-label="Timing of the exchange" tabIndex={0}>
      <section>
        <h2>Phases</h2>
        <Waterfall detail={detail} endMs={endMs} />
      </section>
      <div className="timing-side">
        <section>
          <h2>Speed of the answer</h2>
          {pace ? <Speed pace={pace} /> : <p className="hint">No deltas were seen.</p>}
        </section>
        <section>
          <h2>Silences between events</h2>
          <Gaps title="From the upstream" events={followed.upstream} />
          <Gaps title="To the client" events={followed.client} />
        </section>
      </div>
    </div>
  )
}

function Waterfall({ detail, endMs }: { detail: ExchangeDetail; endMs: number }): ReactElement {
  const groups = phasesOf(detail, endMs)
  const { ttftMs } = detail.summary
  const share = (ms: number): string => `${endMs > 0 ? ((ms / endMs) * 100).toFixed(2) : 0}%`
  return (
    <div className="wfall">
      <table>
        <thead>
          <tr>
            <th>Phase</th>
            <th className="num">From</th>
            <th className="num">Took</th>
            <th>
              <span className="sr">Bar</span>
              <span className="wfall-axis" aria-hidden="true">
                {axisTimes(endMs, 4).map((ms) => (
                  <i key={ms} style={{ left: share(ms) }}>
                    {ms === 0 ? '0 s' : duration(ms).replace(/\.?0+ s$/, ' s')}
                  </i>
                ))}
              </span>
            </th>
          </tr>
        </thead>
        {groups.map((group, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- groups are in the order of time
          <tbody key={index}>
            {group.title !== 'Lazuli' && (
              <tr>
                <th colSpan={4} scope="rowgroup">
                  {group.title}
                </th>
              </tr>
            )}
            {group.phases.map((phase) => (
              <tr key={phase.name}>
                <td>{phase.name}</td>
                <td className="num mono t3">{offset(phase.fromMs)}</td>
                <td className="num">{duration(phase.toMs - phase.fromMs)}</td>
                <td className="wfall-bar">
                  <i
                    className={`ph-${phase.kind}`}
                    style={{ left: share(phase.fromMs), width: share(phase.toMs - phase.fromMs) }}
                  />
                  {ttftMs !== undefined && <b style={{ left: share(ttftMs) }} />}
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {ttftMs !== undefined && (
        <p className="hint">
          <span className="ttft-key" aria-hidden="true" /> TTFT {duration(ttftMs)}: the first byte of the answer reached
          the client. Connecting is counted with the wait for headers; a kept connection connects in no time.
        </p>
      )}
    </div>
  )
}

const CURVE = { width: 320, height: 72 }

function Speed({ pace }: { pace: Pace }): ReactElement {
  const top = Math.max(1, ...pace.curve.map(({ perSecond }) => perSecond))
  const first = pace.curve[0]?.atMs ?? 0
  const span = Math.max(1, (pace.curve.at(-1)?.atMs ?? 0) - first)
  const points = pace.curve.map(
    ({ atMs, perSecond }) =>
      `${(((atMs - first) / span) * CURVE.width).toFixed(1)} ${(CURVE.height - (perSecond / top) * CURVE.height).toFixed(1)}`,
  )
  return (
    <>
      <p>
        <b>{pace.perSecond === undefined ? 'at once' : `${count(pace.perSecond)} tokens/s`}</b>
        <span className="t3">
          {` ${pace.estimated ? '≈ ' : ''}${count(pace.tokens)} tokens in ${duration(pace.ms)}, from the first delta to the last`}
        </span>
      </p>
      {points.length > 1 && (
        <figure className="curve">
          <svg
            viewBox={`0 0 ${CURVE.width} ${CURVE.height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`Tokens per second over the answer, at most ${count(top)}`}
          >
            <path className="area" d={`M0 ${CURVE.height}L${points.join('L')}L${CURVE.width} ${CURVE.height}Z`} />
            <path className="line" d={`M${points.join('L')}`} />
          </svg>
          <figcaption className="f11 t3">
            <span>{offset(first)} s</span>
            <span>peak {count(top)} tokens/s</span>
            <span>{offset(first + span)} s</span>
          </figcaption>
        </figure>
      )}
    </>
  )
}

function Gaps({ title, events }: { title: string; events: readonly LaneEvent[] }): ReactElement {
  const bars = useMemo(() => gapHistogram(events), [events])
  const most = Math.max(...bars.map((bar) => bar.count))
  const last = bars.findLastIndex((bar) => bar.count > 0)
  const first = bars.findIndex((bar) => bar.count > 0)
  if (last < 0) return <p className="hint">{title}: none.</p>
  return (
    <table className="gaps">
      <caption>{title}</caption>
      <thead className="sr">
        <tr>
          <th>Length</th>
          <th>Number</th>
        </tr>
      </thead>
      <tbody>
        {bars.slice(first, last + 1).map((bar, index) => (
          <tr key={bar.belowMs ?? 'more'}>
            <th scope="row">{gapName(bar, bars[first + index - 1])}</th>
            <td>
              {bar.count > 0 && <i style={{ width: `${(bar.count / most) * 100}%` }} />}
              <span className="num">{bar.count > 0 ? count(bar.count) : ''}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function gapName(bar: GapBar, before: GapBar | undefined): string {
  if (bar.belowMs === undefined) return `over ${duration(before?.belowMs ?? 0)}`
  return `under ${duration(bar.belowMs).replace(/\.?0+ s$/, ' s')}`
}
