import { useLayoutEffect, useRef, type KeyboardEvent, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useServices } from '../../services.tsx'
import { modifier } from '../../shell/rail.tsx'
import { Button } from '../../ui/button.tsx'

const LOWEST_PX = 40
const HIGHEST_PX = 220

/** Where the message is written. Enter sends, Shift Enter begins a new line. */
export function Composer({ servedBy }: { servedBy: string }): ReactElement {
  const { chat } = useServices()
  const draft = useStore(chat, (state) => state.draft)
  const running = useStore(chat, (state) => state.running)
  const ready = useStore(chat, (state) => state.settings.model !== '' && state.draft.trim() !== '')
  const box = useRef<HTMLTextAreaElement>(null)

  // As high as its text, within limits.
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = `${LOWEST_PX}px`
    element.style.height = `${Math.min(HIGHEST_PX, Math.max(LOWEST_PX, element.scrollHeight))}px`
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the height follows the text
  }, [draft])

  const send = (): void => chat.getState().send(servedBy)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && running) chat.getState().stop()
    // While an input method composes, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  return (
    <div className="composer">
      <div>
        <textarea
          ref={box}
          aria-label="Message"
          placeholder="Message"
          value={draft}
          onChange={(event) => chat.getState().setDraft(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="bar">
          <span className="f12 t3 composer-hint">Enter sends, Shift Enter begins a new line</span>
          <span className="grow" />
          {running ? (
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
