import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { root } from './product.ts'
import { readImports } from './read-imports.ts'

const folder = join(root, 'out/renderer')

/** What only these libraries have in them, also when they are minified. */
const HEAVY: Readonly<Record<string, RegExp>> = {
  'the editor': /cm-activeLine/,
  'the highlighter': /hljs/,
  'the markdown reader': /mdast|micromark/,
}

let names: string[]
const texts = new Map<string, string>()

beforeAll(async () => {
  names = (await readdir(join(folder, 'assets'))).filter((name) => name.endsWith('.js'))
  for (const [index, text] of (
    await Promise.all(names.map((name) => readFile(join(folder, 'assets', name), 'utf8')))
  ).entries()) {
    texts.set(names[index] ?? '', text)
  }
})

/** Puts into `seen` the chunks that come with this one, without those that are loaded when they are asked for. */
function withAllItNeeds(entry: string, seen: Set<string>): void {
  if (seen.has(entry)) return
  seen.add(entry)
  for (const { specifier, later } of readImports(texts.get(entry) ?? '', 'js')) {
    if (specifier.startsWith('./') && later !== true) withAllItNeeds(specifier.slice(2), seen)
  }
}

/** Chunks of the program itself, as index.html names it, and of one page. */
async function chunksOf(page: string): Promise<string[]> {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const entries = [...html.matchAll(/assets\/([^"]+\.js)/g)].map(([, name]) => name ?? '')
  const ofPage = names.filter((name) => name.startsWith(`${page}-page-`))
  expect(ofPage).toHaveLength(1)
  const all = new Set<string>()
  for (const name of [...entries, ...ofPage]) withAllItNeeds(name, all)
  return [...all]
}

const heavyIn = (chunks: readonly string[]): string[] =>
  Object.keys(HEAVY).filter((what) => chunks.some((name) => HEAVY[what]?.test(texts.get(name) ?? '')))

test.each(['traffic', 'welcome', 'settings', 'models', 'tools'])(
  'the %s page comes without editors, highlighters and markdown',
  async (page) => {
    expect(heavyIn(await chunksOf(page))).toEqual([])
  },
)

test('the same look finds each of them where it is', () => {
  expect(heavyIn(names)).toEqual(Object.keys(HEAVY))
})

test('the first page is small: program and Traffic together stay below 1 MB before compression', async () => {
  const sizes = (await chunksOf('traffic')).map((name) => texts.get(name)?.length ?? 0)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000)
})
