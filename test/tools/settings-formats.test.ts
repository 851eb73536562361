import * as fc from 'fast-check'
import { parse as parseToml } from '@decimalturn/toml-patch'
import { parse as parseJsonc } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { jsonSettings } from '../../electron/tools/json-settings.ts'
import type { Change } from '../../electron/tools/setting.ts'
import { tomlSettings } from '../../electron/tools/toml-settings.ts'
import { yamlSettings } from '../../electron/tools/yaml-settings.ts'

const set = (path: Change['path'], value: NonNullable<Change['value']>): Change => ({ path, value })

describe('JSON', () => {
  test.each([
    ['a trailing comma', '{\n  "a": 1,\n}\n', '{\n  "a": 1,\n  "b": 2,\n}\n'],
    ['a comment behind the last', '{\n  "a": 1 // one\n}\n', '{\n  "a": 1, // one\n  "b": 2\n}\n'],
    ['a comment before the comma', '{\n  "a": 1 /* , */, // one\n}', '{\n  "a": 1 /* , */, // one\n  "b": 2,\n}'],
    ['Windows line ends', '{\r\n\t"a": 1\r\n}\r\n', '{\r\n\t"a": 1,\r\n\t"b": 2\r\n}\r\n'],
    ['a comma on its own line', '{\n  "a": 1\n  ,\n}\n', undefined],
    ['one line', '{"a": 1}', undefined],
    ['nothing yet', '{ // empty\n}', undefined],
    ['no text', '', '{\n  "b": 2\n}\n'],
  ])('a key is added behind %s', (_name, before, after) => {
    const result = jsonSettings.change(before, [set(['b'], 2)])
    if (after !== undefined) expect(result).toBe(after)
    expect(parseJsonc(result)).toMatchObject({ b: 2 })
    for (const comment of before.match(/\/\/.*|\/\*.*\*\//g) ?? []) expect(result).toContain(comment)
  })

  test('where a container is no object the file is left alone', () => {
    expect(() => jsonSettings.change('{"env": []}', [set(['env', 'A'], '1')])).toThrow()
  })
})

describe('TOML', () => {
  test('a key at the top never falls into a table, whatever stands before it', () => {
    for (const text of [
      '[a]\nb = 1',
      'x = [\n  [1],\n  [2]\n]\n[a]\nb = 1\n',
      's = """\n[no]\n"""\n\n# for a\n[a]\nb = 1\n',
      '',
    ]) {
      const result = tomlSettings.change(text, [set(['model'], 'm'), set(['t', 'lazuli', 'url'], 'u')])
      expect(parseToml(result)).toMatchObject({ model: 'm', t: { lazuli: { url: 'u' } } })
      for (const line of text.split('\n')) expect(result).toContain(line)
    }
  })

  test('where the parent is an inline table the new one goes into it', () => {
    const result = tomlSettings.change('t = { own = { url = "o" } } # mine\n', [set(['t', 'lazuli', 'url'], 'u')])
    expect(parseToml(result)).toMatchObject({ t: { own: { url: 'o' }, lazuli: { url: 'u' } } })
    expect(result).toContain('# mine')
  })

  test('strings are escaped as TOML wants them', () => {
    const nasty = 'a"b\\c\nd\u007fé🙂'
    expect(parseToml(tomlSettings.change('', [set(['k'], nasty)]))).toMatchObject({ k: nasty })
  })
})

describe('YAML', () => {
  test.each([
    'models: []\n',
    'models:\n',
    '# nothing\n',
    '{models: [{name: a}]}\n',
    'models:\n- name: a\n  x: |\n    text\n',
  ])('a model is added to %j', (text) => {
    const result = yamlSettings.change(text, [set(['models', { name: 'Lazuli' }, 'apiKey'], 'k: #1')])
    expect(yamlSettings.read(result)).toMatchObject({
      models: expect.arrayContaining([{ name: 'Lazuli', apiKey: 'k: #1' }]) as unknown[],
    })
  })

  test('several documents, or a list where a map should be, are left alone', () => {
    expect(() => yamlSettings.change('a: 1\n---\nb: 2\n', [set(['c'], 1)])).toThrow()
    expect(() => yamlSettings.change('- a\n', [set(['c'], 1)])).toThrow()
  })
})

const word = fc.stringMatching(/^[a-z]{1,6}$/)
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean())
const tree = fc.dictionary(word, fc.oneof(leaf, fc.dictionary(word, fc.oneof(leaf, fc.dictionary(word, leaf)))))

describe.each([
  ['JSON', jsonSettings, (value: unknown) => JSON.stringify(value, null, 2)],
  ['TOML', tomlSettings, undefined],
  ['YAML', yamlSettings, (value: unknown) => JSON.stringify(value)],
] as const)('%s, for any settings', (_name, format, written) => {
  test('what is added and taken out again leaves what was there', () => {
    fc.assert(
      fc.property(tree, leaf, leaf, (value, one, other) => {
        const changes = [set(['LAZULI'], one), set(['tools', 'LAZULI', 'key'], other)]
        const before =
          written?.(value) ??
          tomlSettings.change(
            '',
            Object.entries(value)
              .filter(([, leafy]) => typeof leafy !== 'object')
              .map(([key, inner]) => set([key], inner as string)),
          )
        if (typeof (format.read(before) as Record<string, unknown>)['tools'] !== 'undefined') return
        const after = format.change(before, changes)
        expect(format.read(after)).toMatchObject({ LAZULI: one, tools: { LAZULI: { key: other } } })
        const back = format.change(after, [{ path: ['LAZULI'] }, { path: ['tools'] }])
        expect(format.read(back)).toEqual(format.read(before))
      }),
      { numRuns: 150, seed: 7 },
    )
  })
})
