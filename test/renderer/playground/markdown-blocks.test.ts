import * as fc from 'fast-check'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { describe, expect, test } from 'vitest'
import { markdownBlocks } from '../../../renderer/pages/playground/markdown-blocks.ts'
import { ANSWER } from '../scripted-scene.ts'

const html = (text: string): string =>
  renderToStaticMarkup(createElement(ReactMarkdown, { remarkPlugins: [remarkGfm] }, text)).replace(/\s+/g, ' ')

/** What it looks like in parts and as a whole; the line breaks between blocks carry no meaning. */
function sameInParts(text: string): void {
  const parts = markdownBlocks(text).map(html).join(' ')
  expect(parts.replace(/> </g, '><').trim()).toBe(html(text).replace(/> </g, '><').trim())
}

describe('parts of a growing answer', () => {
  test('joined again they are the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('text', '', '- item', '```', '  more', '1. one', '> quote', '# head', '[a]: /x')),
        (lines) => {
          expect(markdownBlocks(lines.join('\n')).join('\n')).toBe(lines.join('\n'))
        },
      ),
    )
  })

  test.each([
    ANSWER,
    '- a\n\n- b\n\n  still b\n\nafter',
    '1. one\n\n   ```js\n   x\n\n   y\n   ```\n\n2. two',
    '```\na\n\nb\n```\n\ntext',
    '~~~\n```\n\n~~~\n\ntext',
    '> quote\n\n> another\n\ntext',
    'see [a]\n\n[a]: https://example.com',
    'half a fence\n\n```ts\nconst a = 1\n\n',
    '| a | b |\n| - | - |\n| 1 | 2 |\n\nafter the table',
  ])('mean the same as the whole: %j', sameInParts)

  test('paragraphs are parts, so that the first ones need no second reading', () => {
    expect(markdownBlocks('one\n\ntwo\n\nthree')).toHaveLength(3)
  })
})
