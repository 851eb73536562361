import type { ReactElement } from 'react'
import type { ChatLane } from '../../../shared/playground.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Swatch } from './comparison.tsx'
import { Conversation } from './conversation.tsx'
import { isRunning } from './turn-tree.ts'
import { useChat, useChatStore, useSession, useTaken } from './use-chat.ts'

/** One of several deployments that answer the same questions. */
export function Column({ lane, index }: { lane: ChatLane; index: number }): ReactElement {
  const chat = useChatStore()
  const choices = useChat((state) => state.choices)
  const running = useSession((session) => isRunning(session.turns.get(lane.leaf ?? '')))
  const focused = useSession((session) => session.focus === lane.id)
  const { known, taken } = useTaken(lane)
  return (
    <section className="pg-col" aria-label={`Column ${index + 1}, ${lane.model}`}>
      <header>
        <Swatch index={index} />
        <span className="col-model">
          <Combobox
            label="Model"
            value={lane.model}
            placeholder="Choose a model"
            options={choices.map((one) => ({ value: one.name, note: one.instance }))}
            onChange={(model) => chat.getState().setLane(lane.id, { model })}
          />
        </span>
        <span className="f12 t3 cut">
          {known.choice ? `${known.choice.instance}, ${dialectName(taken.dialect)}` : ''}
        </span>
        <span className="grow" />
        {running ? (
          <Button size="sm" icon="stop" onClick={() => chat.getState().stop(lane.id)} aria-label={`Stop ${lane.model}`}>
            Stop
          </Button>
        ) : (
          lane.leaf !== undefined && (
            <IconButton
              icon="single"
              label={`Continue with ${lane.model} alone`}
              look="ghost"
              size="sm"
              onClick={() => chat.getState().continueWith(lane.id)}
            />
          )
        )}
        <IconButton
          icon="settings"
          label={`Parameters of ${lane.model}`}
          look="ghost"
          size="sm"
          aria-pressed={focused}
          onClick={() => chat.getState().focusLane(lane.id)}
        />
        <IconButton
          icon="x"
          label={`Remove ${lane.model}`}
          look="ghost"
          size="sm"
          onClick={() => chat.getState().closeLane(lane.id)}
        />
      </header>
      <Conversation lane={lane} empty={<p className="col-empty t3">The same message goes to each column.</p>} />
    </section>
  )
}
