import { useCallback, useState, useSyncExternalStore, type ReactElement } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { failureOf } from '../../console.ts'
import { go } from '../../route.ts'
import { useLive, useServices } from '../../services.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { plural } from '../../ui/format.ts'
import { useNotice } from '../../ui/notice.tsx'
import { ExchangeDetailPane } from './exchange-detail.tsx'
import { ExchangeGrid } from './list/exchange-grid.tsx'
import { NoTraffic } from './list/no-traffic.tsx'
import './list/list.css'
import './detail.css'
import './overview/overview.css'
import './stream/time-bar.css'
import './stream/lanes.css'
import './stream/message.css'
import './conversation/blocks.css'
import './conversation/conversation.css'
import '../../ui/editor/editor.css'
import './http/http.css'
import './timing/timing.css'
import './narrow.css'

const OLDER_PAGE = 200

/** The inspector: every exchange as a row, the selected one in full below. */
export default function TrafficPage({ selected }: { selected: string | undefined }): ReactElement {
  const { console, live } = useServices()
  const { notify } = useNotice()
  const snapshot = useSyncExternalStore(live.rows.subscribe, live.rows.snapshot)
  const [loadingOlder, setLoadingOlder] = useState(false)
  const close = useCallback(() => go('traffic'), [])
  const open = useCallback((id: string, replace: boolean) => go('traffic', id, replace), [])

  const loadOlder = useCallback(() => {
    const oldest = snapshot.rows[0]
    if (loadingOlder || !oldest) return
    setLoadingOlder(true)
    console.traffic
      .list({ limit: OLDER_PAGE, before: oldest.id })
      .then((page) => live.rows.prepend(page.rows))
      .catch((error: unknown) => notify(failureOf(error).message))
      .finally(() => setLoadingOlder(false))
  }, [console, live, loadingOlder, notify, snapshot])

  const empty = snapshot.loaded && snapshot.rows.length === 0
  return (
    <>
      <TrafficToolbar rows={snapshot.rows.length} more={snapshot.more} />
      <Group orientation="vertical" className="split">
        {/* The list stays the same element when the detail opens: it keeps its place and the focus. */}
        <Panel id="list" defaultSize="34%" minSize={84} className="split-panel">
          <ExchangeGrid snapshot={snapshot} selected={selected} onOpen={open} onClose={close} onOlder={loadOlder} />
          {empty && selected === undefined && <NoTraffic />}
        </Panel>
        {selected !== undefined && (
          <>
            <Separator className="sizer" aria-label="Resize detail" />
            <Panel id="detail" defaultSize="66%" minSize={180} className="split-panel">
              <ExchangeDetailPane key={selected} id={selected} onClose={close} />
            </Panel>
          </>
        )}
      </Group>
    </>
  )
}

function TrafficToolbar({ rows, more }: { rows: number; more: boolean }): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const recording = useLive((state) => state.status?.recording)
  const [asking, setAsking] = useState(false)
  const complain = (error: unknown): void => notify(failureOf(error).message)
  return (
    <header className="toolbar">
      <h1>Traffic</h1>
      <span className="sub cut">{rows > 0 && `${more ? 'last ' : ''}${plural(rows, 'exchange')}`}</span>
      <span className="grow" />
      <Button
        icon={recording === false ? 'record' : 'pause'}
        aria-label={recording === false ? 'Resume recording' : 'Pause recording'}
        title={recording === false ? 'Store exchanges again' : 'Serve, but store nothing'}
        disabled={recording === undefined}
        onClick={() => {
          console.traffic.setRecording({ on: recording === false }).catch(complain)
        }}
      >
        <span className="hide-s">{recording === false ? 'Record' : 'Pause'}</span>
      </Button>
      <IconButton icon="clear" label="Clear" disabled={rows === 0} onClick={() => setAsking(true)} />
      <Confirm
        open={asking}
        title="Clear the traffic?"
        action={more ? 'Clear all exchanges' : `Clear ${plural(rows, 'exchange')}`}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          go('traffic')
          console.traffic.clear().catch(complain)
        }}
      >
        Requests, answers and times are removed from this computer, older ones that are not in the list too. This cannot
        be undone.
      </Confirm>
    </header>
  )
}
