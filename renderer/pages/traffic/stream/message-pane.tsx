import type { ReactElement } from 'react'
import { CopyButton } from '../../../ui/copy.tsx'
import { count, duration, offset } from '../../../ui/format.ts'
import { BlockView } from '../conversation/block-view.tsx'
import type { Answer, AnswerPart } from '../rebuild/answer.ts'

const CHARS_PER_TOKEN = 4

export interface MessagePaneProps {
  /** Absent where the lane is not in an API that is read here. */
  answer: Answer | undefined
  timeMs: number
  /** The stream runs and its end is shown. */
  live: boolean
}

/** The message as the client had it at a time. */
export function MessagePane({ answer, timeMs, live }: MessagePaneProps): ReactElement {
  const text = answer ? plainText(answer) : ''
  return (
    <section className="msg-now" aria-label={`Message at ${offset(timeMs)} seconds`}>
      <div className="sec-h">
        <h2 className="h3">{live ? 'Message now' : `Message at ${offset(timeMs)} s`}</h2>
        <span className="grow" />
        {text !== '' && (
          <>
            <span className="f11 t3 num">≈ {count(Math.ceil(text.length / CHARS_PER_TOKEN))} tokens</span>
            <CopyButton text={text} label="Copy message at this time" />
          </>
        )}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="msg-b" role="region" aria-label="Message so far" tabIndex={0}>
        {answer?.parts.map((part) => (
          <BlockView key={part.key} block={part.block} note={noteOf(part)} open={part.open} />
        ))}
        {answer?.error !== undefined && <p className="err">{answer.error}</p>}
        {answer?.finish !== undefined && <p className="hint">Ended: {answer.finish}</p>}
        {answer?.parts.length === 0 && answer.error === undefined && <p className="hint">Nothing of the answer yet.</p>}
        {!answer && <p className="hint">This API is shown as events only.</p>}
      </div>
    </section>
  )
}

function noteOf({ block, firstMs, lastMs }: AnswerPart): string {
  const parts: string[] = []
  if (block.kind === 'thinking' && block.sealed > 0) parts.push('signed')
  if (block.kind === 'text') parts.push(`${count(block.text.length)} characters`)
  if (block.kind === 'call' && block.input !== '') parts.push(`${count(block.input.length)} characters`)
  if (lastMs > firstMs) parts.push(duration(lastMs - firstMs))
  return parts.join(' · ')
}

function plainText(answer: Answer): string {
  return answer.parts
    .map(({ block }) => {
      switch (block.kind) {
        case 'text':
        case 'thinking':
        case 'refusal':
          return block.text
        case 'call':
          return `${block.tool}(${block.input})`
        default:
          return ''
      }
    })
    .filter((part) => part !== '')
    .join('\n\n')
}
