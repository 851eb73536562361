import { useEffect, useState, type ReactElement } from 'react'
import type { InstanceView, TestResult } from '../../../shared/instance-view.ts'
import type { InstanceLive } from '../../../shared/live.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { useNotice } from '../../ui/notice.tsx'
import type { Answer } from '../../ui/use-answer.ts'
import { InstanceCard } from './instance-card.tsx'
import { InstanceDialog, untested } from './instance-dialog.tsx'
import { useCostToday } from './use-cost-today.ts'

export interface InstancesProps {
  answer: Answer<InstanceView[]>
  live: ReadonlyMap<string, InstanceLive>
  /** Shows the deployments of an instance. */
  onDeployments: (instance: string) => void
}

/** The upstreams, one card each, in the order in which they are asked. */
export function Instances({ answer, live: fares, onDeployments }: InstancesProps): ReactElement {
  const { console, live } = useServices()
  const { notify } = useNotice()
  /** `new`, or the name of the instance that is edited. */
  const [editing, setEditing] = useState<'new' | InstanceView>()
  const [removing, setRemoving] = useState<string>()
  const [tests, setTests] = useState<Readonly<Record<string, TestResult | 'running'>>>({})
  const costs = useCostToday()
  const now = useNow(fares)
  const views = (answer.value ?? []).toSorted((a, b) => a.instance.priority - b.instance.priority)

  const test = async (name: string): Promise<void> => {
    setTests((before) => ({ ...before, [name]: 'running' }))
    const result = await console.instances.test({ name }).catch((error: unknown) => untested(failureOf(error)))
    setTests((before) => ({ ...before, [name]: result }))
  }
  const change = async (ask: Promise<InstanceView[]>): Promise<void> => {
    try {
      answer.set(await ask)
      await live.refresh()
    } catch (error) {
      notify(failureOf(error).message)
    }
  }

  return (
    <section className="inst" role="region" aria-label="Instances">
      <div className="sec-h">
        <h2>Instances</h2>
        <span className="grow" />
        <Button
          icon="gauge"
          disabled={views.length === 0}
          onClick={() => void Promise.all(views.map((view) => test(view.instance.name)))}
        >
          Test all
        </Button>
        <Button icon="plus" onClick={() => setEditing('new')}>
          Add instance
        </Button>
      </div>
      {answer.failure && <Banner kind="err" title={answer.failure.message} text={answer.failure.fix} inset />}
      <div className="cards">
        {views.map((view) => {
          const { name } = view.instance
          return (
            <InstanceCard
              key={name}
              view={view}
              live={fares.get(name)}
              spent={costs === undefined ? undefined : (costs.get(name) ?? 'none')}
              now={now}
              test={tests[name]}
              onTest={() => void test(name)}
              onEnable={(enabled) =>
                void change(console.instances.save({ previousName: name, instance: { ...view.instance, enabled } }))
              }
              onDeployments={() => onDeployments(name)}
              onEdit={() => setEditing(view)}
              onRemove={() => setRemoving(name)}
            />
          )
        })}
      </div>
      {editing !== undefined && (
        <InstanceDialog
          view={editing === 'new' ? undefined : editing}
          taken={views.map((view) => view.instance.name)}
          onClose={() => setEditing(undefined)}
          onSaved={(next, name) => {
            setEditing(undefined)
            answer.set(next)
            void live.refresh()
            void test(name)
          }}
        />
      )}
      <Confirm
        open={removing !== undefined}
        title={`Remove ${removing ?? ''}?`}
        action="Remove"
        onClose={() => setRemoving(undefined)}
        onConfirm={() => removing !== undefined && void change(console.instances.remove({ name: removing }))}
      >
        Its key leaves the keychain too. Rules that name it stay and say so. The resource in Azure is not touched.
      </Confirm>
    </section>
  )
}

/** The time; each second while an instance rests, for what is left of the rest is told. */
function useNow(fares: ReadonlyMap<string, InstanceLive>): number {
  const [now, setNow] = useState(() => Date.now())
  const rests = [...fares.values()].some(({ condition }) => condition.state === 'resting')
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), rests ? 1000 : 10_000)
    return () => clearInterval(timer)
  }, [rests])
  return now
}
