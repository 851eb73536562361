import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('every promise of docs/security.md names tests that exist', async () => {
  const text = await readFile(join(root, 'docs/security.md'), 'utf8')
  const rows = [...text.matchAll(/^\| (R\d+) +\| [^|]+ \| ([^|]+) \|$/gm)]
  expect(rows.map(([, number]) => number)).toEqual(Array.from({ length: 47 }, (_, index) => `R${index + 1}`))
  const missing: string[] = []
  for (const [, number, proofs = ''] of rows) {
    let file = ''
    for (const proof of proofs.split(' · ')) {
      const [, path, title = ''] = /^(?:`([^`]+)` )?(.+?)\s*$/.exec(proof) ?? []
      file = path ?? file
      const source = await readFile(join(root, file), 'utf8').catch(() => '')
      if (!source.includes(title)) missing.push(`${number}: "${title}" in ${file}`)
    }
  }
  expect(missing).toEqual([])
})
