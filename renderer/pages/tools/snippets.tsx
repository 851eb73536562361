import { useState, type ReactElement } from 'react'
import type { Snippet } from '../../../shared/tools.ts'
import { failureOf } from '../../console.ts'
import { Button } from '../../ui/button.tsx'
import { Copied, useCopy } from '../../ui/copy.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useNotice } from '../../ui/notice.tsx'
import { RevealButton } from './reveal-button.tsx'

export interface SnippetsProps {
  snippets: readonly Snippet[]
  /** The files are written by Lazuli; the text is for other machines. */
  folded: boolean
  reveal: boolean
  onReveal: (on: boolean) => void
  /** The same with the keys in them, for the clipboard. */
  plain: () => Promise<readonly Snippet[]>
}

/** Texts to copy. What is copied has the keys, what is shown hides them. */
export function Snippets({ snippets, folded, reveal, onReveal, plain }: SnippetsProps): ReactElement {
  const [open, setOpen] = useState(!folded)
  return (
    <section>
      <div className="sec-h">
        {folded ? (
          <button type="button" className="fold h3" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name={open ? 'chev-d' : 'chev-r'} size={14} />
            By hand, or on another machine
          </button>
        ) : (
          <h3 className="h3">To copy</h3>
        )}
        <span className="grow" />
        {open && <RevealButton reveal={reveal} onReveal={onReveal} />}
      </div>
      {open &&
        snippets.map((snippet, index) => (
          <SnippetBox
            key={snippet.title}
            snippet={snippet}
            plain={async () => (await plain())[index]?.text ?? snippet.text}
          />
        ))}
    </section>
  )
}

function SnippetBox({ snippet, plain }: { snippet: Snippet; plain: () => Promise<string> }): ReactElement {
  const { copied, copy } = useCopy()
  const { notify } = useNotice()
  const onCopy = (): void => {
    plain().then(copy, (error: unknown) => notify(failureOf(error).message))
  }
  return (
    <div className="codebox snippet">
      <header>
        {snippet.title}
        <span className="grow" />
        <Button
          look="ghost"
          size="sm"
          icon={copied ? 'check' : 'copy'}
          aria-label={`Copy ${snippet.title}`}
          onClick={onCopy}
        >
          Copy
        </Button>
        <Copied when={copied} />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <pre className="code s" tabIndex={0} role="region" aria-label={snippet.title}>
        {snippet.text}
      </pre>
    </div>
  )
}
