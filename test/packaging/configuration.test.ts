import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')

let configuration: Record<string, unknown>
let isValid: ValidateFunction

beforeAll(async () => {
  configuration = parse(await readFile(join(root, 'electron-builder.yml'), 'utf8'))
  const schema = createRequire(import.meta.url).resolve('app-builder-lib/scheme.json')
  isValid = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(await readFile(schema, 'utf8')))
})

test("electron-builder.yml is valid by electron-builder's own schema", () => {
  isValid(configuration)
  expect(isValid.errors ?? []).toEqual([])
})

test('the schema would notice a key that does not exist', () => {
  expect(isValid({ ...configuration, npmRebuilt: false })).toBe(false)
})

test('it builds for all three systems', () => {
  expect(configuration).toMatchObject({
    appId: expect.stringMatching(/^[a-z]+(\.[a-z]+)+$/),
    productName: 'Lazuli',
    asar: true,
    npmRebuild: false,
    linux: { target: ['AppImage', 'deb'] },
    mac: { target: ['dmg'] },
    win: { target: ['nsis'] },
  })
})
