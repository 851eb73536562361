import type { ReactElement } from 'react'
import { IconButton } from '../button.tsx'
import type { ReaderLanguage } from './mount.ts'
import { useEditor } from './use-editor.ts'

export interface CodeReaderProps {
  /** Accessible name of the text. */
  label: string
  text: string
  language: ReaderLanguage
}

/** A text to read, fold and search in. */
export function CodeReader({ label, text, language }: CodeReaderProps): ReactElement {
  const { host, editor } = useEditor(
    (editors, element) => editors.mountReader(element, text, label, language),
    [text, label, language],
  )
  return (
    <div className="editor">
      <div className="cm-host" ref={host} />
      {editor && (
        <span className="editor-find">
          <IconButton icon="search" label="Find in text" keys="Ctrl F in the text" size="sm" onClick={editor.find} />
        </span>
      )}
    </div>
  )
}

export interface DiffReaderProps {
  before: { label: string; text: string }
  after: { label: string; text: string }
}

/** Two texts beside each other, with what differs. */
export function DiffReader({ before, after }: DiffReaderProps): ReactElement {
  const { host } = useEditor(
    (editors, element) => editors.mountDiff(element, before, after),
    [before.text, after.text, before.label, after.label],
  )
  return (
    <div className="editor">
      <div className="cm-host" ref={host} />
    </div>
  )
}
