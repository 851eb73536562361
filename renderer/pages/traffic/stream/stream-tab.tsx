import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react'
import type { ExchangeDetail, LaneEvent } from '../../../../shared/exchange.ts'
import { dialectName } from '../../../ui/dialects.ts'
import { bytes, count, plural } from '../../../ui/format.ts'
import { useDetailTab } from '../detail-tab.ts'
import { createLooks } from '../event-looks.ts'
import type { Followed } from '../followed-exchange.ts'
import { useRebuilt } from '../rebuild/use-rebuilt.ts'
import { align } from './align.ts'
import { EventPane } from './event-pane.tsx'
import { Lanes } from './lanes.tsx'
import { MessagePane } from './message-pane.tsx'
import { countAt, endOf, latestAt, type Selection } from './moment.ts'
import { paceOf } from './pace.ts'
import { TimeBar } from './time-bar.tsx'
import { usePlayback } from './use-playback.ts'
import { useStreamKeys } from './use-stream-keys.ts'

/** Both lanes with their causes, the line of time, the message as it stood, and the selected event in full. */
export function StreamTab({ followed, detail }: { followed: Followed; detail: ExchangeDetail }): ReactElement {
  const { upstream, client, complete } = followed
  const { summary } = detail
  const endMs = endOf(followed, summary.durationMs)
  const playback = usePlayback(endMs)
  const [selection, setSelection] = useState<Selection | undefined>(() => useDetailTab.getState().asked)
  const [fold, setFold] = useState(false)
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const [messageShown, setMessageShown] = useState(false)
  const look = useMemo(() => createLooks(), [])
  // What was asked for is shown once: the next exchange begins without a selection.
  const { shown } = useDetailTab()
  useEffect(() => shown(), [shown])

  const relayed = summary.clientDialect === summary.upstreamDialect
  const alignment = useMemo(
    () => align({ upstream, client, relayed, ttftMs: summary.ttftMs, ...(fold ? { fold: { look, open } } : {}) }),
    [upstream, client, relayed, summary.ttftMs, fold, look, open],
  )

  // What is selected follows the time while it moves, unless an event was picked.
  const moving = playback.playing || (playback.timeMs !== undefined && selection === undefined)
  const { timeMs } = playback
  const chosen = moving && timeMs !== undefined ? latestAt(followed, timeMs) : selection
  const come =
    timeMs === undefined
      ? { upstream: upstream.length, client: client.length }
      : {
          upstream: countAt(upstream, timeMs),
          client: chosen?.lane === 'client' && !moving ? chosen.index + 1 : countAt(client, timeMs),
        }

  const lanes = followed
  const { seek } = playback
  const select = useCallback(
    (next: Selection) => {
      const event = lanes[next.lane][next.index]
      if (!event) return
      setSelection(next)
      seek(event.atMs)
    },
    [lanes, seek],
  )
  const step = useCallback(
    (by: 1 | -1) => {
      const lane = chosen?.lane ?? (client.length > 0 ? 'client' : 'upstream')
      const from = chosen?.index ?? (by > 0 ? -1 : lanes[lane].length)
      select({ lane, index: Math.max(0, Math.min(lanes[lane].length - 1, from + by)) })
    },
    [chosen, client.length, lanes, select],
  )
  const play = useCallback(() => {
    setSelection(undefined)
    playback.toggle()
  }, [playback])
  useStreamKeys({ step, play })

  const answer = useRebuilt({
    dialect: summary.clientDialect,
    events: client,
    headers: detail.responseHeaders,
    count: come.client,
    complete,
  })
  const pace = useMemo(() => paceOf(client, look, summary.usage), [client, look, summary.usage])
  const selected = chosen && lanes[chosen.lane][chosen.index]
  const others = chosen && (chosen.lane === 'client' ? alignment.causes[chosen.index] : alignment.effects[chosen.index])
  const translated = !relayed && summary.upstreamDialect !== undefined && summary.clientDialect !== undefined

  return (
    <div className="stream-tab">
      <TimeBar
        upstream={upstream}
        client={client}
        look={look}
        rows={alignment.rows}
        attempts={detail.attempts}
        endMs={endMs}
        ttftMs={summary.ttftMs}
        playback={{
          ...playback,
          toggle: play,
          seek: (ms) => {
            setSelection(undefined)
            seek(ms)
          },
        }}
        come={come.client}
        total={client.length}
        rate={pace?.perSecond === undefined ? undefined : `${pace.estimated ? '≈ ' : ''}${rateText(pace.perSecond)}`}
        onStep={step}
        messageShown={messageShown}
        onMessage={() => setMessageShown(!messageShown)}
      />
      <div className={messageShown ? 'stream with-message' : 'stream'}>
        <div className="lanes">
          <div className="l-head">
            <div>
              <span className="strong">Upstream</span> <span className="t3">{upstreamNote(detail, upstream)}</span>
            </div>
            <button
              type="button"
              className="fold"
              aria-pressed={fold}
              title="Shows a run of like events as one row"
              onClick={() => setFold(!fold)}
            >
              Fold runs
            </button>
            <div className="row">
              <span className="cut">
                <span className="strong">Client</span> <span className="t3">{clientNote(detail, client)}</span>
              </span>
              <span className="grow" />
              {alignment.linked !== 'none' && (
                <span className="f11 t3" title="Time that Lazuli added, in milliseconds">
                  added, ms
                </span>
              )}
            </div>
          </div>
          {translated && alignment.linked === 'none' && client.length > 0 && (
            <p className="hint l-hint">Which event caused which was not recorded for this exchange.</p>
          )}
          <Lanes
            upstream={upstream}
            client={client}
            alignment={alignment}
            look={look}
            selection={chosen}
            come={come}
            timeMs={timeMs}
            moving={moving}
            live={!complete}
            noCounterpart={
              translated && alignment.linked === 'codecs' && complete && summary.clientDialect
                ? `no counterpart in ${dialectName(summary.clientDialect)}`
                : undefined
            }
            clientName={summary.client}
            onSelect={select}
            onUnfold={(key) => setOpen(new Set([...open, key]))}
          />
        </div>
        <aside className="msg" aria-label="Message and event">
          <MessagePane answer={answer} timeMs={timeMs ?? endMs} live={!complete && timeMs === undefined} />
          <EventPane selection={chosen} event={selected} others={others} />
        </aside>
      </div>
    </div>
  )
}

function rateText(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)} tokens/s`
}

function upstreamNote({ summary, attempts }: ExchangeDetail, events: readonly LaneEvent[]): string {
  const api = summary.upstreamDialect && dialectName(summary.upstreamDialect)
  const from = [api, summary.deployment && `from ${summary.deployment}`].filter(Boolean).join(' ')
  const size = attempts.at(-1)?.received
  return [from, plural(events.length, 'event'), size ? bytes(size) : ''].filter(Boolean).join(', ')
}

function clientNote({ summary }: ExchangeDetail, events: readonly LaneEvent[]): string {
  const api = summary.clientDialect && dialectName(summary.clientDialect)
  return [[api, `to ${summary.client}`].filter(Boolean).join(' '), plural(events.length, 'event')].join(', ')
}
