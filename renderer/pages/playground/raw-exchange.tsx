import type { ReactElement } from 'react'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { CodeView } from '../../ui/code-view.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { useAnswer } from '../../ui/use-answer.ts'

/** Longer answers are read in Traffic. */
const MOST_EVENTS = 2000

/** What went over the wire for one answer: the request as it was sent, and the answer as it came. */
export function RawExchange({ id }: { id: string }): ReactElement | null {
  const { console } = useServices()
  const { value, failure } = useAnswer(async () => {
    const [detail, lane] = await Promise.all([
      console.traffic.get({ id }),
      console.traffic.events({ id, lane: 'client', from: 0, limit: MOST_EVENTS }),
    ])
    const raw = lane.events.map((event) => event.raw).join('\n\n')
    return { request: detail.requestBody.text, answer: lane.next === undefined ? raw : `${raw}\n\n…` }
  }, [console, id])
  if (failure) return <Banner kind="err" title={failure.message} text={failure.fix} inset />
  if (!value) return null
  return (
    <>
      <Part title="Request" text={value.request} />
      <Part title="Answer" text={value.answer} />
    </>
  )
}

function Part({ title, text }: { title: string; text: string }): ReactElement {
  return (
    <div className="codebox">
      <div className="codebox-head">
        {title}
        <span className="grow" />
        <CopyButton text={text} label={`Copy raw ${title.toLowerCase()}`} words />
      </div>
      <CodeView label={`Raw ${title.toLowerCase()}`} text={text} />
    </div>
  )
}
