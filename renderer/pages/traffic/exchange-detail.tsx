import { Tabs } from '@base-ui/react/tabs'
import type { ReactElement } from 'react'
import { Banner } from '../../ui/banner.tsx'
import { IconButton } from '../../ui/button.tsx'
import { count } from '../../ui/format.ts'
import { ActionBar } from './actions/action-bar.tsx'
import { TABS, useDetailTab, type TabName } from './detail-tab.ts'
import { useFollowed, type Followed } from './followed-exchange.ts'
import { Overview } from './overview/overview.tsx'
import { RawTab } from './http/raw-tab.tsx'
import { RequestTab } from './http/request-tab.tsx'
import { ResponseTab } from './http/response-tab.tsx'
import { TimingTab } from './timing/timing-tab.tsx'
import { StreamTab } from './stream/stream-tab.tsx'

/** Everything of one exchange, live while it runs. */
export function ExchangeDetailPane({ id, onClose }: { id: string; onClose: () => void }): ReactElement {
  const followed = useFollowed(id)
  const { tab, setTab } = useDetailTab()
  const events = Math.max(followed.upstream.length, followed.client.length)
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Esc works from anywhere in the pane
    <div
      className="detail"
      onKeyDown={(event) => {
        // A search in a text closes first.
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.stopPropagation()
        onClose()
      }}
    >
      <Tabs.Root className="detail-tabs" value={tab} onValueChange={(next: TabName) => setTab(next)}>
        <div className="d-head">
          <Tabs.List className="tabs" aria-label="Parts of the exchange" activateOnFocus>
            {TABS.map((name) => (
              <Tabs.Tab key={name} value={name} className="tab">
                {name}
                {name === 'Stream' && events > 0 && (
                  <span className="n" aria-hidden="true">
                    {count(events)}
                  </span>
                )}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <div className="d-acts">
            <ActionBar id={id} />
            <span className="vr" />
            <IconButton icon="x" label="Close detail" keys="Esc" look="ghost" onClick={onClose} />
          </div>
        </div>
        {TABS.map((name) => (
          <Tabs.Panel key={name} value={name} className="panel">
            <Part name={name} followed={followed} />
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </div>
  )
}

function Part({ name, followed }: { name: TabName; followed: Followed }): ReactElement | null {
  const { detail, failure } = followed
  if (!detail) {
    return failure ? <Banner kind="err" title={failure.message} text={failure.fix} /> : null
  }
  switch (name) {
    case 'Overview':
      return <Overview detail={detail} followed={followed} />
    case 'Stream':
      return <StreamTab followed={followed} detail={detail} />
    case 'Request':
      return <RequestTab detail={detail} />
    case 'Response':
      return <ResponseTab followed={followed} detail={detail} />
    case 'Timing':
      return <TimingTab followed={followed} detail={detail} />
    case 'Raw':
      return <RawTab followed={followed} detail={detail} />
  }
}
