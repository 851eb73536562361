import { extname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { circle, edges, files, type Edge, type SourceFile } from './boundaries/product.ts'
import { readImports } from './boundaries/read-imports.ts'
import { objection, roomOf } from './boundaries/rooms.ts'

const MODULES = ['.ts', '.tsx', '.mjs']
/** Words that promise work instead of doing it; this file alone may hold them. */
const PROMISES = /\b(TODO|FIXME|XXX|HACK)\b/
const THIS_FILE = 'test/boundaries.test.ts'

const edge = (from: string, to: string, typeOnly = false): Edge => ({ from, to, typeOnly, ours: true })

let product: SourceFile[]
let everything: SourceFile[]
let graph: Edge[]

beforeAll(async () => {
  product = await files(['electron', 'renderer', 'shared'], MODULES)
  everything = [...product, ...(await files(['test'], MODULES))]
  graph = edges(product)
})

describe('the rooms', () => {
  test('every file of the product is in a room', () => {
    expect(product.length).toBeGreaterThan(20)
    expect(product.filter(({ path }) => roomOf(path) === undefined)).toEqual([])
  })

  test('every relative import names a file that is there, with its extension', () => {
    const known = new Set(product.map(({ path }) => path))
    expect(graph.filter(({ to, ours }) => ours && !known.has(to))).toEqual([])
    const bare = product.flatMap(({ path, text }) =>
      readImports(text, path.endsWith('x') ? 'tsx' : 'ts')
        .filter(({ specifier }) => specifier.startsWith('.') && extname(specifier) === '')
        .map(({ specifier }) => `${path}: ${specifier}`),
    )
    expect(bare).toEqual([])
  })

  test('nobody imports whom they may not', () => {
    expect(graph.map((edge) => objection(edge.from, edge.to, edge)).filter(Boolean)).toEqual([])
  })

  test('Node’s http comes from one file, which does not have Node load its fetch', () => {
    const values = graph.filter(({ to, typeOnly }) => to === 'node:http' && !typeOnly)
    expect(values).toEqual([])
  })

  test('no circle: no file loads itself, however far around', () => {
    expect(circle(graph)).toBeUndefined()
  })

  test('the product imports nothing from the tests', () => {
    expect(graph.filter(({ to, ours }) => ours && to.startsWith('test/'))).toEqual([])
  })
})

describe('the checks themselves can fail', () => {
  const value = { typeOnly: false, ours: true }
  const type = { typeOnly: true, ours: true }
  const outside = { typeOnly: false, ours: false }

  test.each([
    ['electron/core/sse.ts', 'node:fs', outside],
    ['electron/core/sse.ts', 'electron/proxy/send.ts', value],
    ['electron/core/dialects/chat/errors.ts', 'electron/core/dialects/messages/errors.ts', type],
    ['electron/engine.ts', 'electron', outside],
    ['electron/serve.ts', 'electron-store', outside],
    ['electron/config/load.ts', 'electron/routing/resolve.ts', value],
    ['renderer/shell/rail.tsx', 'electron/core/hub.ts', type],
    ['renderer/shell/rail.tsx', 'node:path', outside],
    ['shared/config.ts', 'undici', outside],
    ['electron/start.mjs', 'zod', outside],
    ['electron/elsewhere/thing.ts', 'zod', outside],
  ] as const)('%s may not import %s', (from, to, kind) => {
    expect(objection(from, to, kind)).toContain(from)
  })

  test.each([
    ['electron/desktop/tray.ts', 'electron', outside],
    ['electron/config/load.ts', 'electron/routing/route.ts', type],
    ['electron/core/dialects/chat/errors.ts', 'electron/core/dialects/dialect.ts', value],
    ['electron/engine.ts', 'electron/proxy/listener.ts', value],
    ['electron/engine-state.ts', 'electron/journal/store.ts', value],
    ['renderer/main.tsx', 'react', outside],
  ] as const)('%s may import %s', (from, to, kind) => {
    expect(objection(from, to, kind)).toBeUndefined()
  })

  test('imports are found in every form, and not in text', () => {
    const source = `
      import a, { type A } from './a.ts' // from './comment.ts'
      import type { B } from './b.ts'
      import { type C, type D } from './c.ts'
      import './d.css'
      export * from './e.ts'
      export type { F } from './f.ts'
      export { type G } from './g.ts'
      const text = "import x from './string.ts'" + \`import y from './template.ts'\`, pattern = /from '.\\/regex.ts'/
      const lazy = () => import('./h.ts'), worker = new URL('./i.ts', import.meta.url), page = new URL('/j', origin)
      let shape: import('./k.ts').K
      const view = <p>Don't import z from './l.ts'; it's text</p>`
    expect(
      readImports(source, 'tsx').map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' type' : ''}`),
    ).toEqual([
      './a.ts',
      './b.ts type',
      './c.ts type',
      './d.css',
      './e.ts',
      './f.ts type',
      './g.ts type',
      './h.ts',
      './i.ts',
      './k.ts type',
    ])
  })

  test('a circle is found, also from outside it; types close none', () => {
    const round = [edge('x', 'a'), edge('a', 'b'), edge('b', 'c'), edge('c', 'a')]
    expect(circle(round)).toEqual(['a', 'b', 'c', 'a'])
    expect(circle([...round.slice(0, 3), edge('c', 'a', true)])).toBeUndefined()
  })
})

describe('names and sizes', () => {
  test('files and folders are named in kebab-case', () => {
    const parts = everything.flatMap(({ path }) => path.split('/').map((part) => part.replace(/(\.[a-z]+)+$/, '')))
    expect([...new Set(parts)].filter((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))).toEqual([])
  })

  test('no folder or file is named for nothing in particular', () => {
    const vague = /(^|\/)(utils?|helpers?|lib|src|common|misc|index)(\/|\.(ts|tsx|mjs)$)/
    expect(everything.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([])
  })

  test('no file has more than 400 lines', () => {
    const long = everything.map(({ path, text }) => [path, text.split('\n').length - 1] as const)
    expect(long.filter(([, lines]) => lines > 400)).toEqual([])
  })

  test('no source promises what it does not do', () => {
    expect(everything.filter(({ text }) => PROMISES.test(text)).map(({ path }) => path)).toEqual([THIS_FILE])
  })
})
