import type { CSSProperties, ReactElement } from 'react'
import type { AnswerTurn, ChatLane } from '../../../shared/playground.ts'
import { count, duration, money } from '../../ui/format.ts'
import { useNow } from './answer-figures.tsx'
import { figuresOf, type ShownFigures } from './figures.ts'
import { isRunning, type Turns } from './turn-tree.ts'
import { useSession } from './use-chat.ts'

interface Measure {
  title: string
  value: (figures: ShownFigures) => number | undefined
  text: (value: number, about: string) => string
}

const MEASURES: readonly Measure[] = [
  { title: 'Time to first token', value: ({ ttftMs }) => ttftMs, text: (ms) => duration(ms) },
  {
    title: 'Tokens per second',
    value: ({ tokensPerSecond }) => tokensPerSecond,
    text: (speed, about) => `${about}${count(speed)}`,
  },
  {
    title: 'Cost',
    value: ({ cost }) => (typeof cost === 'number' ? cost : undefined),
    text: (cost, about) => `${about}${money(cost)}`,
  },
]

/** The last answers of all columns beside each other, in figures and bars. */
export function Comparison(): ReactElement | null {
  const lanes = useSession((session) => session.head.lanes)
  const turns = useSession((session) => session.turns)
  const answers = lanes.map((lane) => answerOf(lane, turns))
  const now = useNow(answers.some(isRunning))
  const figures = answers.map((turn) => (turn === undefined ? undefined : figuresOf(turn, now)))
  if (figures.every((one) => one === undefined)) return null
  return (
    <div className="cmpbar" role="group" aria-label="Comparison">
      {MEASURES.map((measure) => (
        <div key={measure.title}>
          <span className="f11 t3">{measure.title}</span>
          {lanes.map((lane, index) => (
            <Bar key={lane.id} lane={lane} index={index} measure={measure} figures={figures} />
          ))}
        </div>
      ))}
    </div>
  )
}

interface BarProps {
  lane: ChatLane
  index: number
  measure: Measure
  figures: readonly (ShownFigures | undefined)[]
}

function Bar({ lane, index, measure, figures }: BarProps): ReactElement {
  const own = figures[index]
  const value = own === undefined ? undefined : measure.value(own)
  const most = Math.max(...figures.map((one) => (one === undefined ? 0 : (measure.value(one) ?? 0))))
  const width = value === undefined || most === 0 ? 0 : (value / most) * 100
  return (
    <div className="cell">
      <span className="row gap4 cut">
        <Swatch index={index} />
        <span className="cut">{lane.model}</span>
      </span>
      <span className={value === undefined ? 'meter none' : 'meter'}>
        {value !== undefined && <i style={{ width: `${width}%`, background: series(index) }} />}
      </span>
      <b className="num med">{value === undefined ? '—' : measure.text(value, own?.estimated ? '≈ ' : '')}</b>
    </div>
  )
}

/** The colour of a column, beside its name. */
export function Swatch({ index }: { index: number }): ReactElement {
  const style: CSSProperties = { background: series(index) }
  return <i className="swatch" style={style} aria-hidden="true" />
}

function series(index: number): string {
  return `var(--series-${index + 1})`
}

function answerOf(lane: ChatLane, turns: Turns): AnswerTurn | undefined {
  const turn = lane.leaf === undefined ? undefined : turns.get(lane.leaf)
  return turn?.role === 'assistant' ? turn : undefined
}
