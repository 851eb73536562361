import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react'
import { IconButton } from './button.tsx'
import { Icon } from './icons.tsx'

interface Notices {
  /** Says something that has no place of its own on the page; gone after a while. */
  notify: (text: string) => void
}

const Context = createContext<Notices>({ notify: () => undefined })
const SHOWN_MS = 6_000

export function useNotice(): Notices {
  return useContext(Context)
}

export function NoticeProvider({ children }: { children: ReactNode }): ReactElement {
  const [text, setText] = useState('')
  const notify = useCallback((next: string) => setText(next), [])
  const value = useMemo(() => ({ notify }), [notify])
  useEffect(() => {
    if (text === '') return
    const timer = setTimeout(() => setText(''), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <Context.Provider value={value}>
      {children}
      <div className="toast-place" role="status">
        {text !== '' && (
          <div className="toast">
            <Icon name="info" />
            <span className="grow">{text}</span>
            <IconButton icon="x" label="Dismiss" look="ghost" size="sm" onClick={() => setText('')} />
          </div>
        )}
      </div>
    </Context.Provider>
  )
}
