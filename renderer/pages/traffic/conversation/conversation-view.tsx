import { useState, type ReactElement, type ReactNode } from 'react'
import { count } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { JsonTree } from '../stream/json-tree.tsx'
import type { Conversation, Tool, Turn } from './block.ts'
import { BlockView } from './block-view.tsx'
import { LongText } from './long-text.tsx'

/** Of a long conversation the end is read first. */
const TURNS_SHOWN = 100

/** A request as a person reads it: who said what, with which tools. */
export function ConversationView({ conversation }: { conversation: Conversation }): ReactElement {
  const { turns, tools, parameters } = conversation
  const [shown, setShown] = useState(TURNS_SHOWN)
  const hidden = Math.max(0, turns.length - shown)
  // System prompts stand first and are always shown.
  const system = turns.filter((turn, index) => index < hidden && isSystem(turn))
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="conv" tabIndex={0} role="group" aria-label="Conversation of the request">
      {parameters.length > 0 && <Parameters parameters={parameters} />}
      {tools.length > 0 && <Tools tools={tools} />}
      {system.map((turn) => (
        <TurnView key={turn.path} turn={turn} />
      ))}
      {hidden > 0 && (
        <button type="button" className="more-text" onClick={() => setShown(shown * 4)}>
          Show {count(Math.min(hidden, shown * 3))} of {count(hidden)} earlier messages
        </button>
      )}
      {turns.slice(hidden).map((turn) => (
        <TurnView key={turn.path} turn={turn} />
      ))}
    </div>
  )
}

function TurnView({ turn }: { turn: Turn }): ReactElement {
  return (
    <section className={`turn r-${turn.role}`} aria-label={`${turn.role}, ${turn.path}`}>
      <header className="turn-h">
        <b>{turn.role}</b>
        {turn.name !== undefined && <span className="mono">{turn.name}</span>}
        <span className="grow" />
        <span className="mono t3 f11">{turn.path}</span>
      </header>
      {turn.blocks.map((block, index) =>
        block.kind === 'text' ? (
          // oxlint-disable-next-line react/no-array-index-key -- blocks have no other identity
          <LongText key={index} text={block.text} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- blocks have no other identity
          <BlockView key={index} block={block} />
        ),
      )}
      {turn.blocks.length === 0 && <p className="hint">empty</p>}
    </section>
  )
}

function isSystem({ role }: Turn): boolean {
  return role === 'system' || role === 'developer'
}

function Tools({ tools }: { tools: readonly Tool[] }): ReactElement {
  return (
    <Fold title={`${count(tools.length)} tool${tools.length === 1 ? '' : 's'}`} note={namesOf(tools)}>
      {tools.map((tool, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- names may be doubled; their order is fixed
        <Fold key={index} title={tool.name} note={tool.description} mono>
          {tool.description !== '' && <LongText text={tool.description} className="quiet" />}
          {tool.schema !== undefined && <JsonTree label={`Schema of ${tool.name}`} value={tool.schema} />}
        </Fold>
      ))}
    </Fold>
  )
}

function namesOf(tools: readonly Tool[]): string {
  return tools.map(({ name }) => name).join(', ')
}

function Parameters({ parameters }: { parameters: Conversation['parameters'] }): ReactElement {
  return (
    <dl className="params">
      {parameters.map(([name, value]) => (
        <div key={name} className="param">
          <dt className="mono">{name}</dt>
          <dd className="mono" title={shortJson(value)}>
            {shortJson(value)}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

interface FoldProps {
  title: string
  /** Shown while it is closed. */
  note: string
  mono?: boolean
  children: ReactNode
}

function Fold({ title, note, mono = false, children }: FoldProps): ReactElement {
  const [open, setOpen] = useState(false)
  return (
    <div className="fold-box">
      <button type="button" className="fold-h" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} size={14} />
        <b className={mono ? 'mono' : undefined}>{title}</b>
        {!open && <span className="t3 cut">{note}</span>}
      </button>
      {open && <div className="fold-in">{children}</div>}
    </div>
  )
}
