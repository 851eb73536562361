import { useCallback, useEffect, useState } from 'react'
import type { TestResult } from '../../../shared/instance-view.ts'
import type { ToolView } from '../../../shared/tools.ts'
import { failureOf } from '../../console.ts'
import { useLive, useServices } from '../../services.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { untested } from '../models/instance-dialog.tsx'

export interface Connection {
  name: string
  simulator: boolean
  /** Absent while it is being tested. */
  result: TestResult | undefined
}

export interface FirstSteps {
  /** What serves now, and whether it answered; absent before anything was chosen. */
  connection: Connection | undefined
  /** The latest answer to the Playground or to this page. */
  chatted: { exchange: string; model: string } | undefined
  tools: readonly ToolView[]
  /** The tool whose request arrived and was answered, the latest. */
  called: ToolView | undefined
  reloadTools: () => void
  /** Looks at the instances and tests again. */
  retest: () => void
}

const TOOLS_AGAIN_MS = 500

/** What of the first steps has really happened: asked of the engine each time, so that they can be gone on with later. */
export function useFirstSteps(): FirstSteps {
  const { console, live } = useServices()
  const firstRun = useLive((state) => state.info?.firstRun)
  const instances = useAnswer(() => console.instances.list(), [console, firstRun])
  const tools = useAnswer(() => console.tools.list(), [console])
  const own = instances.value?.find(({ instance, source }) => instance.enabled && source !== 'default')
  const subject = own ?? (firstRun === false ? instances.value?.[0] : undefined)
  const name = subject?.instance.name
  const [tested, setTested] = useState<{ name: string; result: TestResult | undefined }>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (name === undefined) return
    const over = new AbortController()
    console.instances
      .test({ name }, { signal: over.signal })
      .catch((error: unknown) => untested(failureOf(error)))
      .then(
        (result) => {
          if (!over.signal.aborted) setTested({ name, result })
          return undefined
        },
        () => undefined,
      )
    return () => over.abort()
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a round more is a test more
  }, [console, name, round])
  const { reload: reloadInstances } = instances
  const retest = useCallback(() => {
    setTested(undefined)
    reloadInstances()
    setRound((before) => before + 1)
  }, [reloadInstances])

  const [chatted, setChatted] = useState<FirstSteps['chatted']>()
  const { reload: reloadTools } = tools
  useEffect(() => {
    const look = (): void => {
      const answered = live.rows
        .snapshot()
        .rows.findLast(({ client, state, status }) => client === 'Playground' && state === 'done' && status === 200)
      if (answered) setChatted({ exchange: answered.id, model: answered.askedModel ?? '' })
    }
    look()
    return live.rows.subscribe(look)
  }, [live])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // The list of tools reads a thousand rows: once for a burst of them is enough.
    const stopRows = live.onRows(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        reloadTools()
      }, TOOLS_AGAIN_MS)
    })
    return () => {
      clearTimeout(timer)
      stopRows()
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- it never changes
  }, [live, reloadTools])

  const list = tools.value?.tools ?? []
  const called = list
    .filter(({ lastCall }) => lastCall?.ok === true)
    .toSorted((one, other) => (other.lastCall?.at ?? 0) - (one.lastCall?.at ?? 0))[0]
  return {
    connection:
      subject === undefined
        ? undefined
        : {
            name: subject.instance.name,
            simulator: subject.instance.provider_type === 'simulator',
            result: tested?.name === subject.instance.name ? tested.result : undefined,
          },
    chatted,
    tools: list,
    called,
    reloadTools,
    retest,
  }
}
