/** How editors look: the window's tokens, its code colours, and nothing of their own. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text-1)', fontSize: '11.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px', fontVariantLigatures: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text-1)' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--bg-hover)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--bg-fill)',
    border: '0',
    borderRadius: 'var(--r-1)',
    color: 'var(--text-2)',
    padding: '0 5px',
  },
  '.cm-panels': { backgroundColor: 'var(--bg-sunken)', color: 'var(--text-1)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-search': { fontFamily: 'var(--font-ui)', fontSize: 'var(--fs-12)', padding: '4px 24px 4px 12px' },
  '.cm-textfield': {
    backgroundColor: 'var(--bg)',
    border: '1px solid var(--line-control)',
    borderRadius: 'var(--r-2)',
    color: 'var(--text-1)',
    fontSize: 'var(--fs-12)',
    padding: '2px 6px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--bg)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--r-2)',
    color: 'var(--text-1)',
    fontSize: 'var(--fs-12)',
  },
  '.cm-panel.cm-search [name=close]': { color: 'var(--text-2)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn-line)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--warn-line)' },
  '.cm-changedLine': { backgroundColor: 'var(--diff-add)' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--diff-del)' },
  '&.cm-merge-b .cm-changedText': {
    background: 'color-mix(in srgb, var(--diff-add-mark) 24%, transparent)',
  },
  '&.cm-merge-a .cm-changedText': {
    background: 'color-mix(in srgb, var(--diff-del-mark) 24%, transparent)',
  },
  // The colours of syntax are too faint on what marks a change.
  '.cm-changedText, .cm-changedText *': { color: 'var(--text-1)' },
  '.cm-changeGutter': { width: '3px', paddingLeft: '0' },
  '&.cm-merge-a .cm-changedLineGutter': { backgroundColor: 'var(--diff-del-mark)' },
  '&.cm-merge-b .cm-changedLineGutter': { backgroundColor: 'var(--diff-add-mark)' },
  '.cm-collapsedLines': {
    background: 'var(--bg-fill)',
    color: 'var(--text-2)',
    fontFamily: 'var(--font-ui)',
    fontSize: 'var(--fs-11)',
  },
})

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-str)' },
  { tag: tags.number, color: 'var(--code-num)' },
  { tag: [tags.bool, tags.null, tags.keyword], color: 'var(--code-kw)' },
  { tag: tags.comment, color: 'var(--code-com)' },
  { tag: [tags.separator, tags.bracket, tags.punctuation], color: 'var(--text-3)' },
])

export const editorLook: Extension = [theme, syntaxHighlighting(colours)]
