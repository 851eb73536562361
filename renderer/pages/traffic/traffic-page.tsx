import { useCallback, useEffect, useId, useMemo, useState, type ReactElement } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { parseFilter } from '../../../shared/filter/parse.ts'
import { failureOf } from '../../console.ts'
import { go } from '../../route.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { useNotice } from '../../ui/notice.tsx'
import { ActionDialogs } from './actions/action-dialogs.tsx'
import { FileDrop } from './actions/file-drop.tsx'
import { SelectionBar } from './actions/selection-bar.tsx'
import { useActionKeys } from './actions/use-action-keys.ts'
import { ExchangeDetailPane } from './exchange-detail.tsx'
import { useFaultsLoaded } from './faults/fault-rules.ts'
import { FaultsBanner } from './faults/faults-banner.tsx'
import { FilterNote } from './filter/filter-note.tsx'
import { useTrafficView } from './filter/filter-state.ts'
import { NoMatch } from './filter/no-match.tsx'
import { useShownRows } from './filter/use-filtered-rows.ts'
import { ExchangeGrid } from './list/exchange-grid.tsx'
import { plainView, sessionView } from './list/list-view.ts'
import { NoTraffic } from './list/no-traffic.tsx'
import { TrafficToolbar } from './list/traffic-toolbar.tsx'
import './list/list.css'
import './filter/filter.css'
import './detail.css'
import './overview/overview.css'
import './stream/time-bar.css'
import './stream/lanes.css'
import './stream/connectors.css'
import './stream/message.css'
import './conversation/blocks.css'
import './conversation/conversation.css'
import '../../ui/editor/editor.css'
import './http/http.css'
import './timing/timing.css'
import './narrow.css'

const OLDER_PAGE = 200
const TYPING_MS = 150

/** The inspector: every exchange as a row, the selected one in full below. */
export default function TrafficPage({ selected }: { selected: string | undefined }): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const { text, setText, sessions, closed, toggleSession } = useTrafficView()
  const parsed = useMemo(() => parseFilter(text), [text])
  const [applied, setApplied] = useState('')
  const wanted = parsed.problem ? applied : text.trim()
  useEffect(() => {
    // Clearing is at once; while one types, the store is asked at the pauses.
    const timer = setTimeout(() => setApplied(wanted), wanted === '' ? 0 : TYPING_MS)
    return () => clearTimeout(timer)
  }, [wanted])
  const { rows, snapshot, total, failure } = useShownRows(applied)
  const view = useMemo(
    () => (sessions ? sessionView(snapshot, closed) : plainView(snapshot)),
    [sessions, snapshot, closed],
  )
  const [loadingOlder, setLoadingOlder] = useState(false)
  const note = useId()
  useActionKeys(selected)
  useFaultsLoaded()
  const close = useCallback(() => go('traffic'), [])
  const open = useCallback((id: string, replace: boolean) => go('traffic', id, replace), [])

  const loadOlder = useCallback(() => {
    const oldest = snapshot.rows[0]
    if (loadingOlder || !oldest) return
    setLoadingOlder(true)
    console.traffic
      .list({ limit: OLDER_PAGE, before: oldest.id, ...(applied === '' ? {} : { filter: applied }) })
      .then((page) => rows.prepend(page.rows))
      .catch((error: unknown) => notify(failureOf(error).message))
      .finally(() => setLoadingOlder(false))
  }, [applied, console, loadingOlder, notify, rows, snapshot])

  const empty = snapshot.loaded && snapshot.rows.length === 0
  return (
    <FileDrop>
      <TrafficToolbar
        rows={snapshot.rows.length}
        more={snapshot.more}
        invalid={parsed.problem !== undefined}
        note={note}
      />
      {text.trim() !== '' && <FilterNote id={note} text={text} parsed={parsed} total={total} onText={setText} />}
      <FaultsBanner />
      <SelectionBar />
      {failure && <Banner kind="err" title={failure.message} text={failure.fix} />}
      <Group orientation="vertical" className="split">
        {/* The list stays the same element when the detail opens: it keeps its place and the focus. */}
        <Panel id="list" defaultSize="34%" minSize={84} className="split-panel">
          <ExchangeGrid
            snapshot={snapshot}
            view={view}
            selected={selected}
            onOpen={open}
            onClose={close}
            onOlder={loadOlder}
            onToggle={toggleSession}
          />
          {empty && applied === '' && selected === undefined && <NoTraffic />}
          {empty && applied !== '' && <NoMatch filter={parsed.filter} onClear={() => setText('')} />}
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
      <ActionDialogs />
    </FileDrop>
  )
}
