import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, extname, join, normalize } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { root } from './product.ts'
import { readImports } from './read-imports.ts'

/** What installs of the product bring along. */
let shipped: Set<string>

beforeAll(async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  shipped = new Set(Object.keys(manifest.dependencies))
})

/** Modules outside the bundle that an entry of the build loads, over all of its chunks. */
async function outsideOf(entry: string): Promise<string[]> {
  const [outside, seen, ahead] = [new Set<string>(), new Set<string>(), [join(root, 'out/main', entry)]]
  for (let file = ahead.pop(); file !== undefined; file = ahead.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const { specifier, asFile } of readImports(await readFile(file, 'utf8'), 'js')) {
      if (asFile === true) continue
      if (!specifier.startsWith('.')) outside.add(specifier)
      else if (extname(specifier) === '.js') ahead.push(normalize(join(dirname(file), specifier)))
    }
  }
  return [...outside]
}

function packageOf(specifier: string): string {
  const [scope, name] = specifier.split('/')
  return specifier.startsWith('@') ? `${scope}/${name}` : `${scope}`
}

test('the headless bundle has nothing of Electron in any of its chunks', async () => {
  const outside = await outsideOf('serve.js')
  expect(outside).toContain('keytar')
  expect(outside.filter((specifier) => /^electron($|\/|-)/.test(specifier))).toEqual([])
})

test('the same look finds Electron in the bundle of the desktop', async () => {
  expect(await outsideOf('main.js')).toContain('electron')
})

test.each(['serve.js', 'main.js', 'journal-worker.js'])('%s does not load the tokenizer’s tables', async (entry) => {
  expect((await outsideOf(entry)).map(packageOf)).not.toContain('gpt-tokenizer')
  expect((await outsideOf('token-worker.js')).map(packageOf)).toContain('gpt-tokenizer')
})

test.each(['serve.js', 'main.js', 'journal-worker.js', 'token-worker.js'])(
  '%s loads only what is shipped with it',
  async (entry) => {
    const outside = (await outsideOf(entry)).filter((specifier) => !isBuiltin(specifier) && specifier !== 'electron')
    expect(outside.filter((specifier) => !shipped.has(packageOf(specifier)))).toEqual([])
  },
)
