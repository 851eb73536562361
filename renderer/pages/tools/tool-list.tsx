import { Fragment, type ReactElement } from 'react'
import type { ToolId, ToolView } from '../../../shared/tools.ts'
import { hrefOf } from '../../route.ts'
import { shortClock } from '../../ui/format.ts'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { nextStepOf, stagesOf, type Stage } from './stages.ts'

const LOOKS: Record<Stage['state'], { icon: IconName; className: string }> = {
  ok: { icon: 'ok', className: 'ok' },
  warn: { icon: 'warn', className: 'warn' },
  todo: { icon: 'pending', className: 'todo' },
  no: { icon: 'x', className: 'todo' },
}

/** One row for each tool, a link to it: found, applied, verified, and what comes next. */
export function ToolList({ tools, selected }: { tools: readonly ToolView[]; selected: ToolId }): ReactElement {
  return (
    <nav className="tl" aria-label="Local tools">
      <div className="g-head" aria-hidden="true">
        <span />
        <span>Tool</span>
        <span>Where it is set</span>
        <span>State</span>
        <span className="num">Last call</span>
      </div>
      <ul>
        {tools.map((tool) => (
          <li key={tool.id}>
            <a className="g-row tool-row" href={hrefOf('tools', tool.id)} aria-current={tool.id === selected}>
              <span className="mono-ic" aria-hidden="true">
                {tool.mark}
              </span>
              <span className="nm">
                {tool.name}
                <span>{tool.version ?? (tool.kind === 'library' ? 'library' : tool.found ? '' : 'not found')}</span>
              </span>
              <span className="mono t2 cut" title={tool.where}>
                {tool.where}
              </span>
              <Stages tool={tool} />
              <Next tool={tool} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Stages({ tool }: { tool: ToolView }): ReactElement {
  return (
    <span className="pip">
      {stagesOf(tool).map((stage, index) => (
        <Fragment key={stage.text}>
          {index > 0 && <u aria-hidden="true" />}
          <span className={LOOKS[stage.state].className}>
            <Icon name={LOOKS[stage.state].icon} size={14} />
            <span className="pip-word">{stage.text}</span>
          </span>
        </Fragment>
      ))}
    </span>
  )
}

function Next({ tool }: { tool: ToolView }): ReactElement {
  const step = nextStepOf(tool)
  if (step !== undefined) {
    return (
      <span className="num">
        <span className="btn sm" aria-hidden="true">
          {step}
        </span>
      </span>
    )
  }
  return <span className="num t2">{tool.lastCall === undefined ? '—' : shortClock(tool.lastCall.at)}</span>
}
