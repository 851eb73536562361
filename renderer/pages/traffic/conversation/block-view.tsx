import type { ReactElement, ReactNode } from 'react'
import { count } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import type { Block } from './block.ts'
import { LongText } from './long-text.tsx'
import { prettyInput } from './pretty-input.ts'

export interface BlockViewProps {
  block: Block
  /** Stands at the right of the block's head, e.g. how long it took. */
  note?: string
  /** It still grows: a caret stands at its end. */
  open?: boolean
}

/** One block of a message. Text is text: no markup, no links, nothing that is fetched. */
export function BlockView({ block, note, open = false }: BlockViewProps): ReactElement {
  return (
    <div className={`blk b-${block.kind}`}>
      <div className="blk-h">
        <span className={`kd k-${kindOf(block)}`} aria-hidden="true" />
        <span>{titleOf(block)}</span>
        <span className="end">{note ?? lengthOf(block)}</span>
      </div>
      <Content block={block} />
      {open && <span className="caret" aria-hidden="true" />}
    </div>
  )
}

function Content({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return <LongText text={block.text} />
    case 'thinking':
      return block.text === '' ? (
        <p className="hint">{block.hidden ? 'Encrypted: only the provider can read it.' : ''}</p>
      ) : (
        <LongText text={block.text} className="quiet" />
      )
    case 'call':
      return block.input === '' ? (
        <p className="hint">no input</p>
      ) : (
        <LongText text={prettyInput(block.input)} className="code s" />
      )
    case 'result':
      return (
        <div className="blk-in">
          {block.blocks.length === 0 && <p className="hint">empty</p>}
          {block.blocks.map((inner, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- blocks have no other identity
            <InnerBlock key={index} block={inner} />
          ))}
        </div>
      )
    case 'image':
      return block.source.type === 'data' ? (
        <img className="thumb" src={block.source.url} alt="Picture of the message" loading="lazy" decoding="async" />
      ) : (
        <p className="hint">
          <span className="mono">{block.source.name}</span> is not fetched.
        </p>
      )
    case 'file':
      return (
        <p className="row">
          <Icon name="file" size={14} className="t3" />
          <span className="mono cut">{block.name}</span>
          <span className="t3">{block.note}</span>
        </p>
      )
    case 'other':
      return <LongText text={JSON.stringify(block.value, undefined, 2)} className="code s" />
  }
}

/** Text of a tool's result needs no head of its own. */
function InnerBlock({ block }: { block: Block }): ReactElement {
  if (block.kind === 'text') return <LongText text={prettyInput(block.text)} className="code s" />
  return <BlockView block={block} />
}

function kindOf({ kind }: Block): 'thinking' | 'text' | 'tool' | 'error' | 'control' {
  switch (kind) {
    case 'thinking':
      return 'thinking'
    case 'text':
      return 'text'
    case 'refusal':
      return 'error'
    case 'call':
    case 'result':
      return 'tool'
    case 'image':
    case 'file':
    case 'other':
      return 'control'
  }
}

function titleOf(block: Block): ReactNode {
  switch (block.kind) {
    case 'call':
      return (
        <>
          {block.hosted ? 'hosted tool' : 'tool call'} <b className="mono">{block.tool}</b>
        </>
      )
    case 'result':
      return (
        <>
          {block.failed ? 'tool error' : 'tool result'} <span className="mono t3">{block.id}</span>
        </>
      )
    case 'other':
      return <span className="mono">{block.type}</span>
    default:
      return block.kind
  }
}

function lengthOf(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return `${count(block.text.length)} characters`
    case 'thinking':
      return block.sealed > 0 ? 'signed' : ''
    case 'call':
      return block.id
    default:
      return ''
  }
}
