import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const renderer = join(import.meta.dirname, '../../renderer')
const TOKENS = 'styles/tokens.css'

/** Lines of all style sheets but the tokens themselves that match, with their place. */
function lines(pattern: RegExp): string[] {
  return globSync('**/*.css', { cwd: renderer })
    .filter((path) => path !== TOKENS)
    .flatMap((path) =>
      readFileSync(join(renderer, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
    )
}

test('there is one scale of type: sizes and heights of text are tokens', () => {
  expect(lines(/font-size:\s*[\d.]+(px|rem)|line-height:\s*[\d.]+px/)).toEqual([])
})

test('colours are tokens, so that each has its counterpart in the other theme', () => {
  // White at a part of its strength, on a solid of the accent, is the same in both.
  expect(lines(/#[\da-f]{3,8}\b|rgb\((?!255 255 255 \/)|hsl\(/i)).toEqual([])
})

test('every token that is used exists', () => {
  const known = new Set(readFileSync(join(renderer, TOKENS), 'utf8').match(/--[a-z][\w-]*(?=\s*:)/g))
  const local = new Set(lines(/^\s*--[a-z][\w-]*\s*:/).map((line) => /--[a-z][\w-]*/.exec(line)?.[0]))
  const used = [
    ...lines(/var\(--/)
      .join('\n')
      .matchAll(/var\((--[\w-]+)(,?)/g),
  ]
  // One with a value to fall back to is set by a component.
  const missing = used.filter(([, name, fallback]) => fallback === '' && !known.has(name!) && !local.has(name))
  expect([...new Set(missing.map(([, name]) => name))]).toEqual([])
})
