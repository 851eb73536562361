import { useState, type ReactElement } from 'react'
import type { AnswerTurn, ToolCall, ToolDefinition, ToolResult } from '../../../shared/playground.ts'
import { Button } from '../../ui/button.tsx'
import { CodeView } from '../../ui/code-view.tsx'
import { plural } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { fillAnswer } from './tool-answer.ts'
import { isRunning } from './turn-tree.ts'
import { useChatStore, useSession } from './use-chat.ts'

export interface ToolCallsProps {
  turn: AnswerTurn
  lane: string
  /** What they were answered with; absent: not yet. */
  results: readonly ToolResult[] | undefined
  last: boolean
}

/** The calls of an answer, and their answers: by hand, begun from the tool's template. */
export function ToolCalls({ turn, lane, results, last }: ToolCallsProps): ReactElement {
  const chat = useChatStore()
  const tools = useSession((session) => session.head.settings.tools)
  const [edited, setEdited] = useState<Readonly<Record<number, Partial<ToolResult>>>>({})
  const running = isRunning(turn)
  const open = last && results === undefined && turn.state === 'done'
  const answers = turn.calls.map((call, index): ToolResult => ({ ...templated(call, tools), ...edited[index] }))
  const ready = answers.every((answer) => answer.text.trim() !== '')
  const change = (index: number, part: Partial<ToolResult>): void =>
    setEdited((before) => ({ ...before, [index]: { ...before[index], ...part } }))
  return (
    <div className="pg-calls">
      {turn.calls.map((call, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- calls only ever grow at the end, and ids may be doubled
        <section key={index} className="pg-call" aria-label={`Call of ${call.name}`}>
          <div className="call-head">
            <Icon name="wrench" size={14} />
            <span className="mono strong">{call.name}</span>
            {running && <span className="dot live" />}
          </div>
          <CodeView label={`Arguments of ${call.name}`} text={call.arguments === '' ? '{}' : call.arguments} />
          {open && answers[index] && (
            <CallAnswer call={call} answer={answers[index]} onChange={(part) => change(index, part)} />
          )}
          {results?.[index] && <GivenAnswer result={results[index]} />}
        </section>
      ))}
      {open && (
        <div className="row">
          <Button
            look="primary"
            icon="send"
            disabled={!ready}
            onClick={() => chat.getState().answerCalls(lane, turn, answers)}
          >
            {turn.calls.length === 1 ? 'Send answer' : `Send ${plural(turn.calls.length, 'answer')}`}
          </Button>
          <span className="f12 t3">The model goes on with what the tool answers</span>
        </div>
      )}
    </div>
  )
}

function templated(call: ToolCall, tools: readonly ToolDefinition[]): ToolResult {
  const tool = tools.find((one) => one.name === call.name)
  const text = tool === undefined ? '' : fillAnswer(tool.answer, call.arguments).text
  return { id: call.id, name: call.name, text, failed: false }
}

interface CallAnswerProps {
  call: ToolCall
  answer: ToolResult
  onChange: (part: Partial<ToolResult>) => void
}

function CallAnswer({ call, answer, onChange }: CallAnswerProps): ReactElement {
  return (
    <div className="call-answer">
      <textarea
        className="input mono"
        aria-label={`Answer of ${call.name}`}
        placeholder="What the tool answers: text or JSON"
        rows={3}
        value={answer.text}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      <label className="row f12">
        <input
          type="checkbox"
          checked={answer.failed}
          onChange={(event) => onChange({ failed: event.target.checked })}
        />
        The tool failed
      </label>
    </div>
  )
}

function GivenAnswer({ result }: { result: ToolResult }): ReactElement {
  return (
    <div className="call-given">
      <p className={result.failed ? 'st f12 err' : 'st f12 t3'}>
        <Icon name={result.failed ? 'error' : 'arrow-r'} size={14} />
        {result.failed ? 'failed with' : 'answered'}
      </p>
      <CodeView label={`Answer of ${result.name}`} text={result.text} />
    </div>
  )
}
