import { useCallback, useEffect, useState, type ReactElement } from 'react'
import { Button, IconButton } from './button.tsx'
import { useNotice } from './notice.tsx'

const SHOWN_MS = 1_500

/** Copies text, and says for a moment that it did. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false)
  const { notify } = useNotice()
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = useCallback(
    (text: string) => {
      // Absent where the page has no secure context, e.g. when it is opened under another machine's name.
      const clipboard: Clipboard | undefined = navigator.clipboard
      if (!clipboard) {
        notify('This browser does not let the page copy. Select the text and copy it by hand.')
        return
      }
      clipboard.writeText(text).then(
        () => setCopied(true),
        () => notify('The browser refused to copy. Select the text and copy it by hand.'),
      )
    },
    [notify],
  )
  return { copied, copy }
}

/** Tells screen readers that the copy was made. */
export function Copied({ when }: { when: boolean }): ReactElement {
  return (
    <span className="sr" role="status">
      {when ? 'Copied' : ''}
    </span>
  )
}

export interface CopyButtonProps {
  /** What is copied; a function when it is costly to build. */
  text: string | (() => string)
  /** Accessible name, e.g. `Copy request body`. */
  label: string
  /** Shows the word Copy beside the icon. */
  words?: boolean
}

export function CopyButton({ text, label, words = false }: CopyButtonProps): ReactElement {
  const { copied, copy } = useCopy()
  const onClick = (): void => copy(typeof text === 'string' ? text : text())
  return (
    <>
      {words ? (
        <Button
          look="ghost"
          size="sm"
          icon={copied ? 'check' : 'copy'}
          aria-label={label}
          title={label}
          onClick={onClick}
        >
          Copy
        </Button>
      ) : (
        <IconButton look="ghost" size="sm" icon={copied ? 'check' : 'copy'} label={label} onClick={onClick} />
      )}
      <Copied when={copied} />
    </>
  )
}
