import { useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import type { ToolModels, ToolPlan, ToolView } from '../../../shared/tools.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { DiffView } from './diff-view.tsx'
import { RevealButton } from './reveal-button.tsx'
import { Snippets } from './snippets.tsx'
import { ToolCheckSection } from './tool-check.tsx'

export interface ToolDetailProps {
  tool: ToolView
  /** Chosen here, by role; what is absent is chosen by Lazuli. */
  models: ToolModels
  onModels: (models: ToolModels) => void
  /** Its files or its state have changed. */
  onChanged: () => void
}

/** One tool: its models, the exact change, applying it, the check, and the way back. */
export function ToolDetail({ tool, models, onModels, onChanged }: ToolDetailProps): ReactElement {
  const { console } = useServices()
  const [reveal, setReveal] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const [done, setDone] = useState<readonly string[]>([])
  const plan = useAnswer(() => console.tools.plan({ tool: tool.id, models, reveal }), [console, tool, models, reveal])
  const act = async (work: () => Promise<{ done: string[] }>): Promise<void> => {
    setBusy(true)
    setFailure(undefined)
    try {
      setDone((await work()).done)
    } catch (error) {
      setDone([])
      setFailure(failureOf(error))
    }
    setBusy(false)
    onChanged()
  }
  const names = (): ToolModels => Object.fromEntries(plan.value?.roles.map(({ id, model }) => [id, model]) ?? [])
  const changes = plan.value?.changes ?? []
  const pending = changes.some(({ lines }) => lines.length > 0)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <aside className="td" aria-label={tool.name} tabIndex={0}>
      <header>
        <div className="row">
          <h2>{tool.name}</h2>
          <span className="badge">{tool.speaks}</span>
          <span className="grow" />
          {tool.canUndo && (
            <Button
              size="sm"
              icon="undo"
              disabled={busy}
              onClick={() => void act(() => console.tools.undo({ tool: tool.id }))}
            >
              Undo change
            </Button>
          )}
        </div>
        {plan.value && <p className={tool.way === 'impossible' ? 'about' : 'hint'}>{plan.value.about}</p>}
      </header>
      {[failure, plan.failure, plan.value?.problem].map(
        (problem, at, all) =>
          problem &&
          all.findIndex((other) => other?.message === problem.message) === at && (
            <Banner key={problem.code} inset kind="err" title={problem.message} text={problem.fix} />
          ),
      )}
      {done.length > 0 && (
        <div className="done" role="status">
          {done.map((sentence) => (
            <p key={sentence}>
              <Icon name="ok" size={14} />
              <span>{sentence}</span>
            </p>
          ))}
        </div>
      )}
      {plan.value && plan.value.roles.length > 0 && (
        <Roles plan={plan.value} onModel={(role, name) => onModels({ ...models, [role]: name })} />
      )}
      {plan.value?.notes.map((note) => (
        <p key={note} className="note">
          <Icon name="warn" size={14} />
          <span>{note}</span>
        </p>
      ))}
      {changes.map((change) => (
        <DiffView key={change.path} change={change} />
      ))}
      {pending && (
        <div className="acts">
          <Button
            look="primary"
            disabled={busy || plan.loading}
            onClick={() =>
              void act(() =>
                console.tools.apply({ tool: tool.id, models: names(), fingerprint: plan.value!.fingerprint }),
              )
            }
          >
            {tool.state === 'none' ? 'Apply' : 'Apply again'}
          </Button>
          <RevealButton reveal={reveal} onReveal={setReveal} />
          <span className="hint grow">A copy of each file is kept beside it.</span>
        </div>
      )}
      {plan.value && plan.value.snippets.length > 0 && (
        <Snippets
          snippets={plan.value.snippets}
          folded={tool.way === 'files'}
          reveal={reveal}
          onReveal={setReveal}
          plain={async () => (await console.tools.plan({ tool: tool.id, models, reveal: true })).snippets}
        />
      )}
      {tool.way !== 'impossible' && <ToolCheckSection tool={tool} onEnded={onChanged} />}
    </aside>
  )
}

function Roles({ plan, onModel }: { plan: ToolPlan; onModel: (role: string, name: string) => void }): ReactElement {
  const { console } = useServices()
  const choices = useAnswer(() => console.models.choices(), [console])
  const options = (choices.value ?? []).map(({ name, deployment, instance }) => ({
    value: name,
    note: name === deployment ? instance : `${deployment} on ${instance}`,
  }))
  return (
    <section className="opt">
      {plan.roles.map(({ id, label, model }) => (
        <div key={id}>
          <span className="label" aria-hidden="true">
            {label}
          </span>
          <Combobox
            label={label}
            value={model}
            options={options}
            placeholder="Choose a model"
            onChange={(name) => onModel(id, name)}
          />
        </div>
      ))}
    </section>
  )
}
