import { useState, type ReactElement } from 'react'
import type { ToolId, ToolModels, ToolView } from '../../../shared/tools.ts'
import { hrefOf } from '../../route.ts'
import { useLive } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { Curl } from '../../ui/curl.tsx'
import { clock } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { nextStepOf, stagesOf } from '../tools/stages.ts'
import { ToolDetail } from '../tools/tool-detail.tsx'
import '../tools/tools.css'
import { Proof } from './proof.tsx'
import { StepFoot } from './step-foot.tsx'
import type { FirstSteps } from './use-first-steps.ts'

export interface ToolStepProps {
  steps: FirstSteps
  onBack: () => void
  onNext: () => void
}

/** A tool of the user's is pointed to Lazuli. Ends with its own request. */
export function ToolStep({ steps, onBack, onNext }: ToolStepProps): ReactElement {
  const info = useLive((state) => state.info)
  const [open, setOpen] = useState<ToolId>()
  const [models, setModels] = useState<ToolModels>({})
  const found = steps.tools.filter(({ found, kind }) => found && kind === 'program')
  const tool = found.find(({ id }) => id === open)
  const { called } = steps
  return (
    <>
      <section className="ob-p" aria-labelledby="h-tool">
        <h2 id="h-tool">Connect a tool</h2>
        <p>Lazuli shows what it would change, writes the tool’s own settings with a copy, and waits for a real call.</p>
        {found.length === 0 ? (
          <p className="t2">
            None of the tools that Lazuli can set up is installed here. Whatever speaks OpenAI’s or Anthropic’s API can
            call it at its address:
          </p>
        ) : (
          <ul className="ob-tools" aria-label="Tools found">
            {found.map((one) => (
              <ToolRow key={one.id} tool={one} open={one.id === open} onOpen={() => setOpen(one.id)} />
            ))}
          </ul>
        )}
        {tool && (
          <div className="ob-tool">
            <ToolDetail key={tool.id} tool={tool} models={models} onModels={setModels} onChanged={steps.reloadTools} />
          </div>
        )}
        {found.length === 0 && info && (
          <Curl title="A first call" baseUrl={info.baseUrl} auth={info.auth} model="gpt-5" />
        )}
        {called?.lastCall && (
          <Proof
            ok
            title={`${called.name} talks through Lazuli`}
            link={{ href: hrefOf('traffic', called.lastCall.exchange), text: 'Look at its call' }}
          >
            <span>Its last call came at {clock(called.lastCall.at).slice(0, 8)} and was answered.</span>
          </Proof>
        )}
      </section>
      <StepFoot onBack={onBack} done={called !== undefined} onNext={onNext} last />
    </>
  )
}

function ToolRow({ tool, open, onOpen }: { tool: ToolView; open: boolean; onOpen: () => void }): ReactElement {
  const stage = stagesOf(tool).at(-1)
  return (
    <li>
      <span className="med">
        {tool.name} <span className="t3 f12">{tool.version}</span>
      </span>
      <span className="st f12">
        {stage?.state === 'ok' && <Icon name="ok" size={14} className="ok" />}
        {stage?.text}
      </span>
      <Button size="sm" aria-expanded={open} aria-label={`${nextStepOf(tool) ?? 'Show'} ${tool.name}`} onClick={onOpen}>
        {nextStepOf(tool) ?? 'Show'}
      </Button>
    </li>
  )
}
