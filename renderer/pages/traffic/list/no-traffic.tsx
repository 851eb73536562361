import type { ReactElement } from 'react'
import { hrefOf } from '../../../route.ts'
import { useLive, useServices } from '../../../services.tsx'
import { Curl } from '../../../ui/curl.tsx'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { useAnswer } from '../../../ui/use-answer.ts'

/** What stands in Traffic before the first request: how to make one. */
export function NoTraffic(): ReactElement | null {
  const { console } = useServices()
  const info = useLive((state) => state.info)
  const { value: choices, loading } = useAnswer(() => console.models.choices(), [console])
  const first = choices?.[0]
  // It stands in the middle: what came later would move what is there already.
  if (info === undefined || loading) return null
  return (
    <div className="centre">
      <div className="no-traffic">
        <div className="empty">
          <h2>No requests yet</h2>
          <p>
            Lazuli is listening on {info.baseUrl.replace(/^https?:\/\//, '')}. The first call appears here while it
            streams.
            {first?.simulated === true && ' The simulator answers for now, so no account is needed.'}
          </p>
        </div>
        <Curl title="From a terminal" baseUrl={info.baseUrl} auth={info.auth} model={first?.name ?? 'gpt-5'} />
        <div className="nexts">
          <Next
            icon="playground"
            href={hrefOf('playground')}
            title="Start a chat"
            note="Playground messages are exchanges too"
          />
          <Next
            icon="models"
            href={hrefOf('models')}
            title="Add an Azure resource"
            note="Paste any address that the portal shows"
          />
        </div>
      </div>
    </div>
  )
}

function Next({
  icon,
  href,
  title,
  note,
}: {
  icon: IconName
  href: string
  title: string
  note: string
}): ReactElement {
  return (
    <a className="nx" href={href}>
      <Icon name={icon} />
      <span>
        <b>{title}</b>
        <span>{note}</span>
      </span>
      <Icon name="chev-r" size={14} />
    </a>
  )
}
