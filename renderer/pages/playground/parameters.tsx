import { useId, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { ModelChoice } from '../../../shared/contract.ts'
import { useServices } from '../../services.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { count } from '../../ui/format.ts'

export interface ParametersProps {
  choices: readonly ModelChoice[]
  /** The chosen one; undefined for a name that was typed. */
  choice: ModelChoice | undefined
}

/** The model and what it takes. What it refuses is named, not hidden. */
export function Parameters({ choices, choice }: ParametersProps): ReactElement {
  const { chat } = useServices()
  const settings = useStore(chat, (state) => state.settings)
  const { set } = chat.getState()
  const takes = choice?.takes ?? { temperature: true, temperatureMax: 2, maxTokens: true, systemPrompt: true }
  const systemId = useId()
  return (
    <aside className="side params" aria-label="Parameters">
      <div className="p-sec">
        <div className="field">
          <span className="label">Model</span>
          <Combobox
            label="Model"
            value={settings.model}
            placeholder="Choose a model"
            options={choices.map((known) => ({ value: known.name, note: known.instance }))}
            onChange={(model) => set(fitting(choices, model, settings.temperature, settings.maxTokens))}
          />
          <span className="hint">
            {choice
              ? `${choice.deployment} on ${choice.instance}, ${dialectName(choice.api)}`
              : settings.model !== '' && 'Not in the list: the resolver in Models tells where it goes.'}
          </span>
        </div>
      </div>
      <div className="p-sec">
        {takes.systemPrompt ? (
          <div className="field">
            <label htmlFor={systemId}>System prompt</label>
            <textarea
              id={systemId}
              className="input system"
              value={settings.system}
              onChange={(event) => set({ system: event.target.value })}
            />
          </div>
        ) : (
          <NotTaken name="System prompt" model={settings.model} />
        )}
      </div>
      <div className="p-sec">
        <h2>Parameters</h2>
        {takes.temperature ? (
          <NumberRow
            name="Temperature"
            hint={`0 to ${takes.temperatureMax}`}
            value={settings.temperature}
            min={0}
            max={takes.temperatureMax}
            step={0.1}
            onChange={(temperature) => set({ temperature })}
          />
        ) : (
          <NotTaken name="Temperature" model={settings.model} />
        )}
        {takes.maxTokens ? (
          <NumberRow
            name="Max output tokens"
            hint={
              choice?.outputCap === undefined
                ? 'thinking included'
                : `at most ${count(choice.outputCap)}, thinking included`
            }
            value={settings.maxTokens}
            min={1}
            max={choice?.outputCap}
            step={1}
            onChange={(maxTokens) => set({ maxTokens })}
          />
        ) : (
          <NotTaken name="Max output tokens" model={settings.model} />
        )}
      </div>
      {choice?.contextWindow !== undefined && (
        <div className="p-sec">
          <div className="p-row">
            <span>Context window</span>
            <span className="v">{count(choice.contextWindow)} tokens</span>
          </div>
        </div>
      )}
    </aside>
  )
}

/** A value that the next model does not take is not carried over to it. */
function fitting(
  choices: readonly ModelChoice[],
  model: string,
  temperature: number | undefined,
  maxTokens: number | undefined,
): { model: string; temperature: number | undefined; maxTokens: number | undefined } {
  const next = choices.find((known) => known.name === model)
  if (!next) return { model, temperature, maxTokens }
  const warm = next.takes.temperature && (temperature ?? 0) <= next.takes.temperatureMax
  const long = next.takes.maxTokens && (maxTokens ?? 0) <= (next.outputCap ?? Infinity)
  return { model, temperature: warm ? temperature : undefined, maxTokens: long ? maxTokens : undefined }
}

interface NumberRowProps {
  name: string
  hint: string
  value: number | undefined
  min: number
  max: number | undefined
  step: number
  onChange: (value: number | undefined) => void
}

/** An empty field means the model's own default. */
function NumberRow({ name, hint, value, min, max, step, onChange }: NumberRowProps): ReactElement {
  const id = useId()
  return (
    <div className="p-row">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        className="input num"
        type="number"
        placeholder="default"
        min={min}
        max={max}
        step={step}
        value={value ?? ''}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const next = event.target.valueAsNumber
          if (Number.isNaN(next)) onChange(undefined)
          else onChange(Math.max(min, Math.min(max ?? Infinity, step === 1 ? Math.round(next) : next)))
        }}
      />
      <span className="hint" id={`${id}-hint`}>
        {hint}
      </span>
    </div>
  )
}

function NotTaken({ name, model }: { name: string; model: string }): ReactElement {
  return (
    <div className="p-row off">
      <span>{name}</span>
      <span className="v">not taken</span>
      <span className="hint">{model} refuses it</span>
    </div>
  )
}
