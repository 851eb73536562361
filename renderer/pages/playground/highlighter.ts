/** Loaded on its own: the languages are the largest part of the Playground. */
import type { Options } from 'react-markdown'
import rehypeHighlight from 'rehype-highlight'

/** The common languages of highlight.js; a block without a name, or of another language, stays plain. */
export const highlighter: NonNullable<Options['rehypePlugins']> = [[rehypeHighlight, { detect: false }]]
