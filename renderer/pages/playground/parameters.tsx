import type { ReactElement } from 'react'
import type { ChatLane, Parameters as Values } from '../../../shared/playground.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { count } from '../../ui/format.ts'
import { Choice } from './choice.tsx'
import { NotTaken, NumberRow } from './number-row.tsx'
import { StopRow } from './stop-row.tsx'
import { SystemPrompt } from './system-prompt.tsx'
import type { Taken } from './taken.ts'
import { ToolsAndFormat } from './tools-and-format.tsx'
import { useChat, useChatStore, useSession, useTaken } from './use-chat.ts'

const VERBOSITIES = ['low', 'medium', 'high'] as const

/** The model of a column and what it takes. What it refuses is named with the reason. */
export function Parameters(): ReactElement | null {
  const lane = useSession((session) => session.head.lanes.find((one) => one.id === session.focus))
  return lane === undefined ? null : <LaneParameters key={lane.id} lane={lane} />
}

function LaneParameters({ lane }: { lane: ChatLane }): ReactElement {
  const chat = useChatStore()
  const single = useSession((session) => session.head.lanes.length === 1)
  const choices = useChat((state) => state.choices)
  const { known, taken } = useTaken(lane)
  const { choice, options } = known
  const contextWindow = options?.contextWindow ?? choice?.contextWindow
  const set = (change: Partial<Values>): void => {
    const parameters = Object.fromEntries(
      Object.entries({ ...lane.parameters, ...change }).filter(([, value]) => value !== undefined),
    )
    chat.getState().setLane(lane.id, { parameters })
  }
  return (
    <aside className="side pg-params" aria-label="Parameters">
      <div className="p-sec">
        {single ? (
          <div className="field">
            <span className="label">Model</span>
            <Combobox
              label="Model"
              value={lane.model}
              placeholder="Choose a model"
              options={choices.map((one) => ({ value: one.name, note: one.instance }))}
              onChange={(model) => chat.getState().setLane(lane.id, { model })}
            />
            <span className="hint">
              {choice
                ? `${choice.deployment} on ${choice.instance}, ${dialectName(taken.dialect)}`
                : lane.model !== '' && 'Not in the list: the resolver in Models tells where it goes.'}
            </span>
          </div>
        ) : (
          <p className="f12 t2">
            Parameters of <span className="mono">{lane.model}</span>. The system prompt, tools and format are those of
            all columns.
          </p>
        )}
      </div>
      <SystemPrompt taken={taken} />
      <div className="p-sec">
        <h2>Parameters</h2>
        <ThinkingRows lane={lane} taken={taken} set={set} />
        <SamplingRows key={lane.model} lane={lane} taken={taken} set={set} />
      </div>
      <ToolsAndFormat taken={taken} />
      <div className="p-sec">
        <h2>Advanced</h2>
        {taken.dialects.length > 1 ? (
          <Choice
            label="API"
            options={taken.dialects}
            text={dialectName}
            value={lane.parameters.dialect ?? taken.dialects[0]}
            onChange={(dialect) => set({ dialect: dialect === taken.dialects[0] ? undefined : dialect })}
          />
        ) : (
          <div className="p-row">
            <span>API</span>
            <span className="v">{dialectName(taken.dialect)}</span>
          </div>
        )}
        {contextWindow !== undefined && (
          <div className="p-row">
            <span>Context window</span>
            <span className="v">{count(contextWindow)} tokens</span>
          </div>
        )}
        {options?.rates && (
          <div className="p-row">
            <span>Per million tokens</span>
            <span className="v">
              ${options.rates.input} in, ${options.rates.output} out
            </span>
          </div>
        )}
      </div>
    </aside>
  )
}

interface RowsProps {
  lane: ChatLane
  taken: Taken
  set: (change: Partial<Values>) => void
}

function ThinkingRows({ lane, taken, set }: RowsProps): ReactElement {
  const { effort, thinkingBudget, verbosity } = lane.parameters
  return (
    <>
      {taken.effort.yes ? (
        <Choice
          label="Effort"
          options={taken.effort.efforts}
          value={effort}
          none="default"
          onChange={(next) => set({ effort: next })}
        />
      ) : (
        <NotTaken name="Effort" why={taken.effort.why} />
      )}
      {taken.thinkingBudget.yes && effort !== 'none' && (
        <NumberRow
          name="Thinking budget"
          hint="tokens, from 1,024; wins over effort"
          value={thinkingBudget}
          min={1024}
          max={undefined}
          step={1}
          onChange={(next) => set({ thinkingBudget: next })}
        />
      )}
      {taken.verbosity.yes && (
        <Choice
          label="Verbosity"
          options={VERBOSITIES}
          value={verbosity}
          none="default"
          onChange={(next) => set({ verbosity: next })}
        />
      )}
    </>
  )
}

function SamplingRows({ lane, taken, set }: RowsProps): ReactElement {
  const { temperature, topP, maxTokens, stop, seed } = lane.parameters
  return (
    <>
      {taken.maxTokens.yes ? (
        <NumberRow
          name="Max output tokens"
          hint={
            taken.maxTokens.cap === undefined
              ? 'thinking included'
              : `at most ${count(taken.maxTokens.cap)}, thinking included`
          }
          value={maxTokens}
          min={1}
          max={taken.maxTokens.cap}
          step={1}
          onChange={(next) => set({ maxTokens: next })}
        />
      ) : (
        <NotTaken name="Max output tokens" why={taken.maxTokens.why} />
      )}
      {taken.temperature.yes ? (
        <NumberRow
          name="Temperature"
          hint={`0 to ${taken.temperature.max}`}
          value={temperature}
          min={0}
          max={taken.temperature.max}
          step={0.1}
          onChange={(next) => set({ temperature: next })}
        />
      ) : (
        <NotTaken name="Temperature" why={taken.temperature.why} />
      )}
      {taken.topP.yes ? (
        <NumberRow
          name="Top p"
          hint="0 to 1"
          value={topP}
          min={0}
          max={1}
          step={0.05}
          onChange={(next) => set({ topP: next })}
        />
      ) : (
        <NotTaken name="Top p" why={taken.topP.why} />
      )}
      {taken.stop.yes ? (
        <StopRow value={stop ?? []} onChange={(next) => set({ stop: next.length === 0 ? undefined : next })} />
      ) : (
        <NotTaken name="Stop sequences" why={taken.stop.why} />
      )}
      {taken.seed.yes && (
        <NumberRow
          name="Seed"
          value={seed}
          min={0}
          max={Number.MAX_SAFE_INTEGER}
          step={1}
          onChange={(next) => set({ seed: next })}
        />
      )}
    </>
  )
}
