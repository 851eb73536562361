/**
 * Read-only editors, mounted in a shadow root: there their styles are constructed sheets, which the page's policy
 * allows; in the document itself they would be `<style>` elements, which it forbids. Loaded when first needed.
 */
import { defaultKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { codeFolding, foldGutter, foldKeymap } from '@codemirror/language'
import { MergeView } from '@codemirror/merge'
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { editorLook } from './editor-look.ts'

export interface MountedReader {
  find: () => void
  destroy: () => void
}

export type ReaderLanguage = 'json' | 'text'

const DIFF = { scanLimit: 1_000, timeout: 500 }

/** Shows a text with line numbers, folding and search. */
export function mountReader(host: HTMLElement, text: string, label: string, language: ReaderLanguage): MountedReader {
  const root = shadowOf(host)
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: text, extensions: readOnly(label, language) }),
  })
  return {
    find: () => {
      openSearchPanel(view)
    },
    destroy: () => view.destroy(),
  }
}

/** Shows two texts beside each other with what differs; what is equal is folded away. */
export function mountDiff(
  host: HTMLElement,
  before: { text: string; label: string },
  after: { text: string; label: string },
): MountedReader {
  const root = shadowOf(host)
  const view = new MergeView({
    root,
    parent: root,
    a: { doc: before.text, extensions: [readOnly(before.label, 'json'), EditorView.lineWrapping] },
    b: { doc: after.text, extensions: [readOnly(after.label, 'json'), EditorView.lineWrapping] },
    collapseUnchanged: { margin: 3, minSize: 6 },
    diffConfig: DIFF,
  })
  view.dom.style.height = '100%'
  view.dom.style.overflow = 'auto'
  return {
    find: () => {
      openSearchPanel(view.b)
    },
    destroy: () => view.destroy(),
  }
}

function readOnly(label: string, language: ReaderLanguage): Extension[] {
  return [
    lineNumbers(),
    codeFolding(),
    foldGutter(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
    ...(language === 'json' ? [json()] : []),
    editorLook,
  ]
}

/** Styles of an editor stay in it. */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: 'open' })
}
