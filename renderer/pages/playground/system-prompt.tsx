import { useId, useMemo, type ReactElement } from 'react'
import { NotTaken } from './number-row.tsx'
import type { Taken } from './taken.ts'
import { pathTo } from './turn-tree.ts'
import { useChatStore, useSession } from './use-chat.ts'
import { variablesIn } from './variables.ts'

/** The system prompt, and a field for each `{{variable}}` in it and in the messages. */
export function SystemPrompt({ taken }: { taken: Taken }): ReactElement {
  const chat = useChatStore()
  const id = useId()
  const settings = useSession((session) => session.head.settings)
  const names = useVariables()
  return (
    <div className="p-sec">
      {taken.systemPrompt.yes ? (
        <div className="field">
          <label htmlFor={id}>System prompt</label>
          <textarea
            id={id}
            className="input system"
            value={settings.system}
            onChange={(event) => chat.getState().setSettings({ system: event.target.value })}
          />
        </div>
      ) : (
        <NotTaken name="System prompt" why={taken.systemPrompt.why} />
      )}
      {names.length > 0 && (
        <fieldset className="variables">
          <legend className="label">Variables</legend>
          {names.map((name) => (
            <Variable key={name} name={name} />
          ))}
        </fieldset>
      )}
    </div>
  )
}

function Variable({ name }: { name: string }): ReactElement {
  const chat = useChatStore()
  const id = useId()
  const variables = useSession((session) => session.head.settings.variables)
  const value = variables[name]
  return (
    <div className="variable">
      <label htmlFor={id} className="mono cut" title={`{{${name}}}`}>
        {name}
      </label>
      <input
        id={id}
        className="input"
        placeholder={`sent as {{${name}}}`}
        value={value ?? ''}
        onChange={(event) => {
          const { [name]: _, ...others } = variables
          const next = event.target.value
          chat.getState().setSettings({ variables: next === '' ? others : { ...others, [name]: next } })
        }}
      />
    </div>
  )
}

/** All names in the system prompt, the draft and the questions of the first column. */
function useVariables(): string[] {
  const system = useSession((session) => session.head.settings.system)
  const draft = useSession((session) => session.draft)
  const turns = useSession((session) => session.turns)
  const leaf = useSession((session) => session.head.lanes[0]?.leaf)
  const asked = useMemo(
    () =>
      pathTo(turns, leaf)
        .map((turn) => (turn.role === 'user' ? turn.text : ''))
        .join('\n'),
    [turns, leaf],
  )
  return useMemo(() => variablesIn(system, asked, draft), [system, asked, draft])
}
