import { useState, type ReactElement } from 'react'
import { failureOf } from '../../../console.ts'
import { go } from '../../../route.ts'
import { useLive, useServices } from '../../../services.tsx'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Confirm } from '../../../ui/confirm.tsx'
import { plural } from '../../../ui/format.ts'
import { useNotice } from '../../../ui/notice.tsx'
import { ToolbarActions } from '../actions/toolbar-actions.tsx'
import { FilterBox } from '../filter/filter-box.tsx'
import { useTrafficView } from '../filter/filter-state.ts'

export interface TrafficToolbarProps {
  /** Rows in the list, and whether older ones are stored. */
  rows: number
  more: boolean
  /** The filter was not understood. */
  invalid: boolean
  /** Id of the sentence that explains the filter. */
  note: string
}

/** What is done with the list as a whole: filter, group, pause, clear. */
export function TrafficToolbar({ rows, more, invalid, note }: TrafficToolbarProps): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const { text, setText, sessions, toggleSessions } = useTrafficView()
  const recording = useLive((state) => state.status?.recording)
  const [asking, setAsking] = useState(false)
  const complain = (error: unknown): void => notify(failureOf(error).message)
  const filtered = text.trim() !== ''
  return (
    <header className="toolbar">
      <h1>Traffic</h1>
      <FilterBox text={text} onText={setText} invalid={invalid} describedBy={note} />
      <span className="sub cut hide-s">
        {rows > 0 && !filtered && `${more ? 'last ' : ''}${plural(rows, 'exchange')}`}
      </span>
      <span className="grow" />
      <Button
        look="ghost"
        icon="branch"
        aria-label="Sessions"
        aria-pressed={sessions}
        title="Group an agent’s calls"
        onClick={toggleSessions}
      >
        <span className="hide-s">Sessions</span>
      </Button>
      <ToolbarActions />
      <span className="vr" />
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
      <IconButton icon="clear" label="Clear" disabled={rows === 0 && !filtered} onClick={() => setAsking(true)} />
      <Confirm
        open={asking}
        title="Clear the traffic?"
        action={more || filtered ? 'Clear all exchanges' : `Clear ${plural(rows, 'exchange')}`}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          go('traffic')
          console.traffic.clear().catch(complain)
        }}
      >
        Requests, answers and times are removed from this computer, older ones that are not in the list too, whatever
        the filter shows. This cannot be undone.
      </Confirm>
    </header>
  )
}
