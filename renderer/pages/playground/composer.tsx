import { useLayoutEffect, useRef, type ClipboardEvent, type KeyboardEvent, type ReactElement } from 'react'
import { modifier } from '../../shell/rail.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { count, money, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { AttachmentList } from './attachment-list.tsx'
import { estimate } from './estimate.ts'
import { runningIn } from './session.ts'
import { pathTo } from './turn-tree.ts'
import { useChat, useChatStore, useSession } from './use-chat.ts'

const LOWEST_PX = 40
const HIGHEST_PX = 220

/** Where the message is written. Enter sends, Shift Enter begins a new line, ↑ in an empty one edits the last. */
export function Composer({ onFiles }: { onFiles: (files: readonly File[]) => void }): ReactElement {
  const chat = useChatStore()
  const draft = useSession((session) => session.draft)
  const attachments = useSession((session) => session.attachments)
  const columns = useSession((session) => session.head.lanes.length)
  const running = useSession((session) => runningIn(session).length)
  const ready = useSession(
    (session) =>
      session.head.lanes.every((lane) => lane.model !== '') &&
      (session.draft.trim() !== '' || session.attachments.length > 0),
  )
  const box = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)

  // As high as its text, within limits.
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = `${LOWEST_PX}px`
    element.style.height = `${Math.min(HIGHEST_PX, Math.max(LOWEST_PX, element.scrollHeight))}px`
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the height follows the text
  }, [draft])

  const send = (): void => chat.getState().send()
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, its keys belong to it.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowUp' && draft === '') {
      const { session, setEditing } = chat.getState()
      const last = pathTo(session.turns, session.head.lanes[0]?.leaf).findLast((turn) => turn.role === 'user')
      if (last === undefined) return
      event.preventDefault()
      setEditing(last.id)
    }
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return
    event.preventDefault()
    send()
  }
  const onPaste = (event: ClipboardEvent): void => {
    const files = [...event.clipboardData.files]
    if (files.length === 0) return
    event.preventDefault()
    onFiles(files)
  }

  return (
    <div className="composer">
      <div>
        <AttachmentList attachments={attachments} onRemove={(index) => chat.getState().detach(index)} />
        <textarea
          ref={box}
          aria-label="Message"
          placeholder={columns === 1 ? 'Message' : columns === 2 ? 'Message both' : `Message all ${columns}`}
          value={draft}
          onChange={(event) => chat.getState().setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <div className="bar">
          <IconButton
            icon="attach"
            label="Attach images or files"
            look="ghost"
            size="sm"
            onClick={() => picker.current?.click()}
          />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label="Files to attach"
            onChange={(event) => {
              onFiles([...(event.target.files ?? [])])
              // The same file may be chosen again.
              event.target.value = ''
            }}
          />
          <Extras />
          <span className="grow" />
          {running > 0 && columns > 1 ? (
            <span className="f12 t3 composer-hint">
              {columns - running} of {columns} finished
            </span>
          ) : (
            <Estimate />
          )}
          {running > 0 ? (
            <Button icon="stop" onClick={() => chat.getState().stop()}>
              Stop{' '}
              <kbd className="kbd" aria-hidden="true">
                Esc
              </kbd>
            </Button>
          ) : (
            <Button look="primary" icon="send" disabled={!ready} onClick={send}>
              Send{' '}
              <kbd className="kbd" aria-hidden="true">
                {modifier()}↵
              </kbd>
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}

/** What goes along with the message, where the panel that says so may be out of view. */
function Extras(): ReactElement {
  const tools = useSession((session) => session.head.settings.tools.filter((tool) => tool.on).length)
  const schema = useSession((session) => session.head.settings.format?.on === true)
  return (
    <>
      {tools > 0 && (
        <span className="st f12 t2">
          <Icon name="wrench" size={14} />
          {plural(tools, 'tool')}
        </span>
      )}
      {schema && (
        <span className="st f12 t2">
          <Icon name="code" size={14} />
          JSON schema
        </span>
      )}
    </>
  )
}

/** What sending would cost, about: input alone, over all columns. */
function Estimate(): ReactElement | null {
  const session = useSession((one) => one)
  const options = useChat((state) => state.options)
  if (session.draft === '' && session.attachments.length === 0) {
    return <span className="f12 t3 composer-hint">Enter sends, Shift Enter begins a new line</span>
  }
  const { tokens, cost } = estimate(session, options)
  return (
    <span className="f12 t3 composer-hint">
      ≈ {count(tokens)} tokens in{cost === undefined ? '' : `, ≈ ${money(cost)}`}
    </span>
  )
}
