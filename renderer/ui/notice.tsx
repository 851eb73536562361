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
import { Button, IconButton } from './button.tsx'
import { Icon } from './icons.tsx'

/** What can be done about a notice while it is shown, e.g. undo. */
export interface NoticeAction {
  label: string
  run: () => void
}

interface Notices {
  /** Says something that has no place of its own on the page; gone after a while. */
  notify: (text: string, action?: NoticeAction) => void
}

const Context = createContext<Notices>({ notify: () => undefined })
const SHOWN_MS = 6_000

export function useNotice(): Notices {
  return useContext(Context)
}

export function NoticeProvider({ children }: { children: ReactNode }): ReactElement {
  const [notice, show] = useState<{ text: string; action?: NoticeAction | undefined }>({ text: '' })
  const notify = useCallback((next: string, act?: NoticeAction) => show({ text: next, action: act }), [])
  const hide = useCallback(() => show({ text: '' }), [])
  const value = useMemo(() => ({ notify }), [notify])
  // The same words again are shown for their full time again.
  useEffect(() => {
    if (notice.text === '') return
    const timer = setTimeout(hide, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice, hide])
  const { text, action } = notice
  return (
    <Context.Provider value={value}>
      {children}
      <div className="toast-place" role="status">
        {text !== '' && (
          <div className="toast">
            <Icon name="info" />
            <span className="grow">{text}</span>
            {action && (
              <Button
                size="sm"
                onClick={() => {
                  action.run()
                  hide()
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton icon="x" label="Dismiss" look="ghost" size="sm" onClick={hide} />
          </div>
        )}
      </div>
    </Context.Provider>
  )
}
