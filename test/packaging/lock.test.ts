import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

interface Package {
  version?: string
  resolved?: string
  integrity?: string
  optional?: boolean
  optionalDependencies?: Record<string, string>
}
let packages: Record<string, Package>
let manifest: Record<string, Record<string, string>>

beforeAll(async () => {
  packages = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages
  manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
})

test('the lock names no registry: each user installs from their own', () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
})

test('every package is locked to its content', () => {
  const loose = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined)
  expect(loose).toEqual([])
})

test('binaries of every platform are locked, not only those of the machine that wrote the lock', () => {
  const listed = (from: string, name: string): boolean => {
    for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
      if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in packages) return true
      if (at === '') return false
    }
  }
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !listed(path, name)),
  )
  expect(missing).toEqual([])
})

test('versions in package.json are exact', () => {
  const wanted = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  )
  expect(wanted.filter(([, version]) => !/^(npm:@[\w-]+\/[\w-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([])
})
