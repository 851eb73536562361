import { lazy, Suspense, useEffect, useRef, useState, type DragEvent, type ReactElement } from 'react'
import { go, useRoute } from '../../route.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useNotice } from '../../ui/notice.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { ChatList } from './chat-list.tsx'
import { Column } from './column.tsx'
import { Comparison } from './comparison.tsx'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { Parameters } from './parameters.tsx'
import { readAttachment } from './read-attachment.ts'
import { takenBy } from './taken.ts'
import { useChat, useChatStore, useSession } from './use-chat.ts'
import './playground.css'
import './conversation.css'
import './markdown.css'
import './side-panels.css'
import './comparison.css'

const Inspector = lazy(() => import('./inspector.tsx').then((module) => ({ default: module.Inspector })))

/** Chats that take the same road as every tool: each answer is an exchange. */
export default function PlaygroundPage(): ReactElement {
  const { console } = useServices()
  const chat = useChatStore()
  const lanes = useSession((session) => session.head.lanes)
  const failure = useChat((state) => state.failure)
  const inspected = useChat((state) => state.inspected)
  const [sides, setSides] = useState<{ chats?: boolean; params?: boolean }>({})
  const { failure: unknown } = useAnswer(async () => {
    const known = await console.models.choices()
    chat.getState().setChoices(known)
    return known
  }, [console, chat])
  const attach = useAttaching()
  const [over, setOver] = useState(false)
  useChatInAddress()
  useStopKey()
  const [first] = lanes
  const compare = lanes.length > 1
  const problem = failure ?? unknown
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    attach([...event.dataTransfer.files])
  }

  return (
    <>
      <Toolbar
        onSide={(side) => setSides((before) => ({ ...before, [side]: !shownNow(side, before[side], compare) }))}
      />
      <div
        className={`pg${compare ? ' cmp' : ''}`}
        data-chats={sides.chats === undefined ? undefined : sides.chats ? 'open' : 'closed'}
        data-params={sides.params === undefined ? undefined : sides.params ? 'open' : 'closed'}
      >
        <ChatList />
        <section
          className={over ? 'pg-conv over' : 'pg-conv'}
          aria-label="Chat"
          onDragOver={(event) => {
            if (!event.dataTransfer.types.includes('Files')) return
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          {problem && <Banner kind="err" title={problem.message} text={problem.fix} />}
          {compare ? (
            <>
              <div className="pg-cols" data-count={lanes.length}>
                {lanes.map((lane, index) => (
                  <Column key={lane.id} lane={lane} index={index} />
                ))}
              </div>
              <Comparison />
            </>
          ) : (
            first && <Conversation lane={first} empty={<EmptyChat onFiles={attach} />} />
          )}
          <Composer onFiles={attach} />
          {over && (
            <p className="drop-hint">
              <Icon name="attach" /> Drop to attach
            </p>
          )}
        </section>
        <Parameters />
      </div>
      {inspected && (
        <Suspense fallback={null}>
          <Inspector key={`${inspected.lane} ${inspected.turn ?? ''}`} what={inspected} />
        </Suspense>
      )}
    </>
  )
}

const COUNTS = [1, 2, 3, 4] as const

function Toolbar({ onSide }: { onSide: (side: 'chats' | 'params') => void }): ReactElement {
  const chat = useChatStore()
  const { getState } = chat
  const title = useSession((session) => session.head.title)
  const columns = useSession((session) => session.head.lanes.length)
  const empty = useSession((session) => session.turns.size === 0)
  const inspect = (view: 'cURL' | 'Raw'): void => {
    const { session } = getState()
    const lane = session.head.lanes.find((one) => one.id === session.focus) ?? session.head.lanes[0]
    if (lane === undefined) return
    const shown = session.draft.trim() === '' && lane.leaf !== undefined ? { turn: lane.leaf } : {}
    getState().inspect({ lane: lane.id, view, ...shown })
  }
  return (
    <header className="toolbar">
      <IconButton icon="dock-l" label="Show or hide chats" look="ghost" onClick={() => onSide('chats')} />
      <h1>Playground</h1>
      <span className="sub cut" title={title}>
        {title === '' ? 'New chat' : title}
      </span>
      <span className="grow" />
      <div className="seg-ctl" role="group" aria-label="Deployments side by side">
        {COUNTS.map((count) => (
          <button
            key={count}
            type="button"
            aria-pressed={count === columns}
            aria-label={count === 1 ? '1 deployment' : `${count} side by side`}
            title={count === 1 ? '1 deployment' : `${count} side by side`}
            onClick={() => getState().setColumns(count)}
          >
            {count <= 2 && <Icon name={count === 1 ? 'single' : 'columns'} size={14} />}
            {count}
          </button>
        ))}
      </div>
      <span className="vr" />
      <Button look="ghost" icon="code" aria-label="Copy as code" onClick={() => inspect('cURL')}>
        <span className="hide-s">Copy as code</span>
      </Button>
      <Button look="ghost" icon="file" aria-label="Raw" disabled={empty} onClick={() => inspect('Raw')}>
        <span className="hide-s">Raw</span>
      </Button>
      <Button icon="plus" aria-label="New chat" disabled={empty} onClick={() => getState().newChat()}>
        <span className="hide-s">New chat</span>
      </Button>
      <IconButton icon="dock-r" label="Show or hide parameters" look="ghost" onClick={() => onSide('params')} />
    </header>
  )
}

/** Is the panel in view, as the width of the window decides until it is asked for? */
function shownNow(side: 'chats' | 'params', asked: boolean | undefined, compare: boolean): boolean {
  if (asked !== undefined) return asked
  if (side === 'chats') return !compare && matchMedia('(min-width: 1100px)').matches
  return matchMedia(compare ? '(min-width: 1100px)' : '(min-width: 761px)').matches
}

/** Attaches what every column's deployment reads, and says what not and why. */
function useAttaching(): (files: readonly File[]) => void {
  const chat = useChatStore()
  const { notify } = useNotice()
  return (files) => {
    void (async () => {
      for (const file of files) {
        const { session, known, attach } = chat.getState()
        const taken = session.head.lanes.map((lane) => takenBy(known(lane.model), lane.parameters))
        const read = await readAttachment(file, taken, session.attachments)
        if ('attachment' in read) attach([read.attachment])
        else notify(read.refused)
      }
    })()
  }
}

/** The address names the chat, so that it is there again after a reload, and a link leads to it. */
function useChatInAddress(): void {
  const chat = useChatStore()
  const { item } = useRoute()
  const id = useSession((session) => session.head.id)
  const kept = useSession((session) => session.kept)
  /** The chat of the address, until it is there: the one in the store is not the one that is meant. */
  const awaited = useRef(item)
  useEffect(() => {
    awaited.current = item === chat.getState().session.head.id ? undefined : item
    if (item === undefined || awaited.current === undefined) return
    void chat
      .getState()
      .openChat(item)
      .then(() => {
        if (awaited.current === item) awaited.current = undefined
        return undefined
      })
  }, [chat, item])
  useEffect(() => {
    if (awaited.current === undefined || awaited.current === id) go('playground', kept ? id : undefined, true)
  }, [id, kept])
}

/** What closes by Esc has it for itself. */
const OWN_ESCAPE = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], .edited, .chat-row'

/** Esc stops all answers, wherever the focus is. */
function useStopKey(): void {
  const chat = useChatStore()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (event.target instanceof Element && event.target.closest(OWN_ESCAPE) !== null) return
      chat.getState().stop()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [chat])
}
