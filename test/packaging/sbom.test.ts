import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { billOfMaterials } from './sbom.ts'

let bill: Awaited<ReturnType<typeof billOfMaterials>>
let manifest: { name: string; version: string; dependencies: Record<string, string> }

beforeAll(async () => {
  bill = await billOfMaterials()
  manifest = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'))
}, 60_000)

test('the bill of materials names the product and every package that it is installed with', () => {
  expect(bill.bomFormat).toBe('CycloneDX')
  expect(bill.metadata.component).toMatchObject({ name: manifest.name, version: manifest.version })
  const named = bill.components.map((part) => part.purl)
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    const [, real = name, exact = version] = /^npm:(.+)@([^@]+)$/.exec(version) ?? []
    expect(named).toContain(`pkg:npm/${real.replace('@', '%40')}@${exact}`)
  }
})

test('it names what is only in the bundle of the window, and no tool that merely builds it', () => {
  const names = bill.components.map((part) => part.name)
  expect(names).toEqual(expect.arrayContaining(['react', 'react-dom', '@base-ui/react', 'react-markdown']))
  expect(
    names.filter((name) => ['vite', 'vitest', 'typescript', 'electron', '@playwright/test'].includes(name)),
  ).toEqual([])
})

test('every part has a version, a licence and the hash of its content, and stands once', () => {
  const poor = bill.components.filter(
    (part) => !part.version || (part.licenses ?? []).length === 0 || (part.hashes ?? []).length === 0,
  )
  expect(poor).toEqual([])
  const refs = bill.components.map((part) => part['bom-ref'])
  expect(new Set(refs).size).toBe(refs.length)
})
