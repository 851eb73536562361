/** An editor for JSON that is checked while one types; see `mount.ts` for why it stands in a shadow root. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { search, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { editorLook } from './editor-look.ts'
import { shadowOf } from './mount.ts'

export interface MountedWriter {
  /** Puts the cursor at this offset and shows it. */
  goTo: (offset: number) => void
  destroy: () => void
}

/** @param onChange told each change, with a function that gives the text: long ones are not built for nothing */
export function mountWriter(
  host: HTMLElement,
  text: string,
  label: string,
  onChange: (read: () => string) => void,
): MountedWriter {
  const root = shadowOf(host)
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        codeFolding(),
        foldGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        indentOnInput(),
        search({ top: true }),
        // Tab leaves the editor, as everywhere; Ctrl ] indents.
        keymap.of([...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap]),
        json(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(() => view.state.doc.toString())
        }),
        editorLook,
      ],
    }),
  })
  return {
    goTo: (offset) => {
      view.focus()
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true })
    },
    destroy: () => view.destroy(),
  }
}
