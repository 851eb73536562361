import { useState, type ReactElement } from 'react'
import type { InstanceView, TestResult } from '../../../shared/contract.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { useNotice } from '../../ui/notice.tsx'
import type { Answer } from '../../ui/use-answer.ts'
import { InstanceCard } from './instance-card.tsx'
import { InstanceDialog } from './instance-dialog.tsx'

/** The upstreams, one card each. */
export function Instances({ answer }: { answer: Answer<InstanceView[]> }): ReactElement {
  const { console, live } = useServices()
  const { notify } = useNotice()
  /** `new`, or the name of the instance that is edited. */
  const [editing, setEditing] = useState<'new' | InstanceView>()
  const [removing, setRemoving] = useState<string>()
  const [tests, setTests] = useState<Readonly<Record<string, TestResult | 'running'>>>({})
  const views = answer.value ?? []

  const test = async (name: string): Promise<void> => {
    setTests((before) => ({ ...before, [name]: 'running' }))
    const result = await console.instances.test({ name }).catch((error: unknown) => untested(failureOf(error)))
    setTests((before) => ({ ...before, [name]: result }))
  }
  const remove = async (name: string): Promise<void> => {
    try {
      answer.set(await console.instances.remove({ name }))
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
        <Button icon="plus" onClick={() => setEditing('new')}>
          Add instance
        </Button>
      </div>
      {answer.failure && <Banner kind="err" title={answer.failure.message} text={answer.failure.fix} inset />}
      <div className="cards">
        {views.map((view) => (
          <InstanceCard
            key={view.instance.name}
            view={view}
            test={tests[view.instance.name]}
            onTest={() => void test(view.instance.name)}
            onEdit={() => setEditing(view)}
            onRemove={() => setRemoving(view.instance.name)}
          />
        ))}
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
        onConfirm={() => removing !== undefined && void remove(removing)}
      >
        Its key leaves the keychain too. Rules that name it stay and say so. The resource in Azure is not touched.
      </Confirm>
    </section>
  )
}

/** A test that could not even be asked for. */
function untested({ message, fix }: Failure): TestResult {
  return { ok: false, request: '', ms: 0, message, ...(fix === undefined ? {} : { fix }) }
}
