import { memo, useState, type KeyboardEvent, type ReactElement } from 'react'
import type { UserTurn } from '../../../shared/playground.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { shortClock } from '../../ui/format.ts'
import { AttachmentList } from './attachment-list.tsx'
import { BranchSwitch, type Place } from './branch-switch.tsx'
import { useChat, useChatStore } from './use-chat.ts'

export interface QuestionProps {
  turn: UserTurn
  lane: string
  place: Place
}

/** A question. Editing it begins another branch; the first stays. */
export const Question = memo(
  function Question({ turn, lane, place }: QuestionProps): ReactElement {
    const chat = useChatStore()
    const editing = useChat((state) => state.editing === turn.id)
    return (
      <article className="pg-turn user" aria-label="You">
        <div className="who">
          You <span className="m">{shortClock(turn.at)}</span>
          <span className="acts">
            <BranchSwitch
              place={place}
              what="version of the message"
              onSwitch={(id) => chat.getState().switchTo(lane, id)}
            />
            <IconButton
              icon="edit"
              label="Edit message"
              look="ghost"
              size="sm"
              onClick={() => chat.getState().setEditing(turn.id)}
            />
            <CopyButton text={turn.text} label="Copy message" />
          </span>
        </div>
        {editing ? (
          <EditedQuestion turn={turn} />
        ) : (
          <>
            <AttachmentList attachments={turn.attachments} />
            {turn.text !== '' && <div className="txt plain">{turn.text}</div>}
          </>
        )}
      </article>
    )
  },
  (before, after) => before.turn === after.turn && before.lane === after.lane && samePlace(before.place, after.place),
)

export function samePlace(a: Place, b: Place): boolean {
  return a.number === b.number && a.count === b.count && a.previous === b.previous && a.next === b.next
}

function EditedQuestion({ turn }: { turn: UserTurn }): ReactElement {
  const chat = useChatStore()
  const [text, setText] = useState(turn.text)
  const ready = text.trim() !== '' || turn.attachments.length > 0
  const close = (): void => chat.getState().setEditing(undefined)
  const send = (): void => {
    if (!ready) return
    close()
    chat.getState().edit(turn, text.trim())
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      send()
    }
  }
  return (
    <div className="edited">
      <AttachmentList attachments={turn.attachments} />
      <textarea
        className="input"
        aria-label="Edited message"
        rows={Math.min(10, text.split('\n').length + 1)}
        value={text}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the user asked for this field by a button
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="row">
        <span className="f12 t3">The first version stays as another branch</span>
        <span className="grow" />
        <Button size="sm" onClick={close}>
          Cancel
        </Button>
        <Button size="sm" look="primary" disabled={!ready} onClick={send}>
          Send edited
        </Button>
      </div>
    </div>
  )
}
