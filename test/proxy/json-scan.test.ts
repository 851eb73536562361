import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import { readAsked } from '../../electron/proxy/asked.ts'
import { scanMembers } from '../../electron/proxy/json-scan.ts'
import { splice } from '../../electron/proxy/splice.ts'
import type { Edit } from '../../electron/proxy/splice.ts'

const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 8 })

function errorOf(work: () => unknown): LazuliError {
  try {
    work()
  } catch (error) {
    if (error instanceof LazuliError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('scanMembers', () => {
  test('finds every member of any object, however it is laid out', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const body = Buffer.from(JSON.stringify(value, null, space))
        const members = scanMembers(body)
        const found = members.map((member) => [
          member.key,
          JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd)),
        ])
        expect(found).toEqual(Object.entries(JSON.parse(body.toString()) as object))
      }),
    )
  })

  test('accepts and refuses the same texts as JSON.parse, but for the inside of strings', () => {
    const noise = fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:0123.eE+-truefalsn \n')), maxLength: 12 })
    fc.assert(
      fc.property(object, noise, fc.nat(), (value, insert, at) => {
        const text = JSON.stringify(value)
        const cut = at % (text.length + 1)
        const mutated = text.slice(0, cut) + insert + text.slice(cut)
        let parsed: unknown
        try {
          parsed = JSON.parse(mutated)
        } catch {
          parsed = undefined
        }
        if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) scanMembers(Buffer.from(mutated))
        // A raw control character or an unknown escape in a string is what only the parser sees.
        else if (!insert.includes('\n') && !text.includes('\\'))
          expect(errorOf(() => scanMembers(Buffer.from(mutated))).status).toBe(400)
      }),
      { numRuns: 1000 },
    )
  })

  test('every beginning of a body is refused', () => {
    const text = JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'a "quoted" \\ word' }], n: 1.5e3 })
    for (let length = 0; length < text.length; length++) {
      expect(errorOf(() => scanMembers(Buffer.from(text.slice(0, length)))).code).toBe('proxy_invalid_json')
    }
  })

  test('names the line and the column', () => {
    const error = errorOf(() => scanMembers(Buffer.from('{\n  "model": "ä",\n  "messages": [1 2]\n}')))
    expect(error.message).toContain('line 3, column 18')
    expect(error.message).toContain('"2"')
  })

  test('a body of a million brackets costs no stack', () => {
    expect(errorOf(() => scanMembers(Buffer.from(`{"a":${'['.repeat(1_000_000)}`))).message).toContain('nested deeper')
  })

  test('eight megabytes of text take a few milliseconds', () => {
    const body = Buffer.from(JSON.stringify({ messages: ['x'.repeat(8 * 1024 * 1024)], model: 'gpt-4o' }))
    const started = performance.now()
    expect(readAsked(body).model).toBe('gpt-4o')
    expect(performance.now() - started).toBeLessThan(60)
  })
})

describe('readAsked', () => {
  test('is not fooled by a key inside of a message', () => {
    const body =
      '{"messages":[{"content":"\\"model\\":\\"evil\\"","model":"evil"}],"meta":{"model":"evil"},"model":"good"}'
    expect(readAsked(Buffer.from(body)).model).toBe('good')
  })

  test('reads an escaped spelling of a key', () => {
    expect(readAsked(Buffer.from('{"\\u006dodel":"x","stre\\u0061m":true}'))).toMatchObject({
      model: 'x',
      stream: true,
    })
  })

  test('takes a byte order mark off', () => {
    const asked = readAsked(Buffer.from('\uFEFF{"model":"x"}'))
    expect(asked.model).toBe('x')
    expect(asked.body.toString()).toBe('{"model":"x"}')
  })

  test.each([
    ['{"model":"a","model":"b"}', 'model'],
    ['{"model":"a","\\u006dodel":"b"}', 'model'],
    ['{"model":"a","stream":true,"stream":false}', 'stream'],
    ['{"messages":[]}', 'model'],
    ['{"model":5}', 'model'],
    ['{"model":""}', 'model'],
  ])('%s is refused for its %s', (body, param) => {
    expect(errorOf(() => readAsked(Buffer.from(body)))).toMatchObject({ status: 400, param })
  })
})

describe('splice', () => {
  const changes = fc.array(fc.constantFrom('keep', 'value', 'remove', 'key', 'insert'), { minLength: 8, maxLength: 8 })

  test('any set of edits gives the object that they describe', () => {
    fc.assert(
      fc.property(object, changes, fc.constantFrom(undefined, 2), (value, kinds, space) => {
        const body = Buffer.from(JSON.stringify(value, null, space))
        const members = scanMembers(body)
        const expected: [string, unknown][] = []
        const edits: Edit[] = []
        members.forEach((member, index) => {
          const old: unknown = JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd))
          const kind = kinds[index]
          if (kind === 'value') edits.push({ type: 'value', member, json: '"new"' })
          if (kind === 'remove') edits.push({ type: 'remove', member })
          if (kind === 'key') edits.push({ type: 'key', member, key: `renamed ${index}` })
          if (kind === 'insert') edits.push({ type: 'insert', after: member, key: `inserted ${index}`, json: '[1]' })
          if (kind !== 'remove') {
            expected.push([kind === 'key' ? `renamed ${index}` : member.key, kind === 'value' ? 'new' : old])
          }
          if (kind === 'insert') expected.push([`inserted ${index}`, [1]])
        })
        const result = Buffer.concat(splice(body, members, edits))
        const found = scanMembers(result).map((member) => [
          member.key,
          JSON.parse(result.toString('utf8', member.valueStart, member.valueEnd)),
        ])
        expect(found).toEqual(expected)
      }),
    )
  })

  test('what is not edited stays the very same bytes', () => {
    const body = Buffer.from('{ "model" : "a" ,\t"x":[ 1,2 ] }')
    const members = scanMembers(body)
    const pieces = splice(body, members, [{ type: 'value', member: members[0]!, json: '"deployment"' }])
    expect(Buffer.concat(pieces).toString()).toBe('{ "model" : "deployment" ,\t"x":[ 1,2 ] }')
    expect(pieces[0]!.buffer).toBe(body.buffer)
  })
})
