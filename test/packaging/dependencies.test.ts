import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('every dependency is listed with its reason, and nothing that is gone', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const wanted = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  )
  const rows = (await readFile(join(root, 'docs/dependencies.md'), 'utf8')).matchAll(/^\| (`[^|]+) \| ([^|]+) \|$/gm)
  const listed = [...rows].flatMap(([, names = '', reason = '']) => {
    expect(reason.trim().length).toBeGreaterThan(5)
    return [...names.replaceAll(/\(.*?\)/g, '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  })
  const byName = (a: string, b: string): number => a.localeCompare(b)
  expect(listed.toSorted(byName)).toEqual(wanted.toSorted(byName))
})
