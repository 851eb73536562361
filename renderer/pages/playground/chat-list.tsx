import { useEffect, useState, type ReactElement } from 'react'
import type { ChatSummary } from '../../../shared/playground.ts'
import { failureOf } from '../../console.ts'
import { hrefOf } from '../../route.ts'
import { useServices } from '../../services.tsx'
import { shortClock } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { MoreMenu } from '../../ui/menu.tsx'
import { useNotice } from '../../ui/notice.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { groupsOf } from './chat-groups.ts'
import { useChat, useChatStore, useSession } from './use-chat.ts'

const SEARCH_AFTER_MS = 150

/** The chats that are kept, newest first, by day; searched in their words. */
export function ChatList(): ReactElement {
  const { console } = useServices()
  const revision = useChat((state) => state.revision)
  const [search, setSearch] = useState('')
  const asked = useDelayed(search, SEARCH_AFTER_MS)
  const { value, failure, reload } = useAnswer(
    async () => groupsOf(await console.chats.list(asked.trim() === '' ? {} : { search: asked }), Date.now()),
    [console, revision, asked],
  )
  const none = value !== undefined && value.length === 0
  return (
    <aside className="side chats" aria-label="Chats">
      {(!none || search !== '') && (
        <div className="inputbox">
          <Icon name="search" size={14} />
          <input
            type="search"
            aria-label="Search chats"
            placeholder="Search chats"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      )}
      {failure && <p className="ch-h err">{failure.message}</p>}
      {none && <p className="ch-h">{search === '' ? 'Chats are kept here' : 'No chat has these words'}</p>}
      <div className="chat-groups">
        {value?.map(({ title, chats }) => (
          <section key={title} aria-label={title}>
            <h2 className="ch-h">{title}</h2>
            <ul>
              {chats.map((chat) => (
                <ChatRow key={chat.id} chat={chat} today={title === 'Today'} onChanged={reload} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </aside>
  )
}

interface ChatRowProps {
  chat: ChatSummary
  today: boolean
  onChanged: () => void
}

function ChatRow({ chat, today, onChanged }: ChatRowProps): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const store = useChatStore()
  const current = useSession((session) => session.head.id === chat.id)
  const [renaming, setRenaming] = useState(false)
  const models = chat.models.length === 1 ? chat.models[0] : `${chat.models.length} deployments`
  const told = (work: Promise<unknown>): void => {
    work.then(onChanged, (error: unknown) => notify(failureOf(error).message))
  }
  const remove = (): void => {
    store.getState().forget(chat.id)
    told(console.chats.remove({ id: chat.id }))
    notify(`“${chat.title}” was deleted.`, {
      label: 'Undo',
      run: () => told(console.chats.restore({ id: chat.id })),
    })
  }
  const rename = (title: string): void => {
    setRenaming(false)
    if (title.trim() === '' || title === chat.title) return
    store.getState().titled(chat.id, title.trim())
    told(console.chats.rename({ id: chat.id, title }))
  }
  if (renaming) return <RenameRow title={chat.title} onDone={rename} />
  return (
    <li className="chat-row">
      <a className="chat" href={hrefOf('playground', chat.id)} aria-current={current ? 'true' : undefined}>
        <span className="cut" title={chat.title}>
          {chat.title}
        </span>
        <span className="tm">{today ? shortClock(chat.updatedAt) : dayOf(chat.updatedAt)}</span>
        <span className="s cut">{chat.excerpt ?? models}</span>
      </a>
      <MoreMenu
        label={`Actions for ${chat.title}`}
        entries={[
          { label: 'Rename', icon: 'edit', onSelect: () => setRenaming(true) },
          { label: 'Duplicate', icon: 'copy', onSelect: () => told(console.chats.duplicate({ id: chat.id })) },
          { label: 'Delete', icon: 'clear', onSelect: remove },
        ]}
      />
    </li>
  )
}

function RenameRow({ title, onDone }: { title: string; onDone: (title: string) => void }): ReactElement {
  const [text, setText] = useState(title)
  return (
    <li className="chat-row">
      <input
        className="input"
        aria-label="Name of the chat"
        value={text}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the user asked for this field in a menu
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => onDone(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onDone(text)
          else if (event.key === 'Escape') onDone(title)
        }}
      />
    </li>
  )
}

function dayOf(at: number): string {
  return new Date(at).toLocaleDateString('en-US', { month: 'short', day: 'numeric' })
}

/** A value that follows another one when it has rested for a while. */
function useDelayed(value: string, ms: number): string {
  const [delayed, setDelayed] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return delayed
}
