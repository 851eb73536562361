import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { sampleFromSchema } from '../../../electron/proxy/upstreams/simulator/sample-from-schema.ts'

const ajv = new Ajv({ strict: false, validateFormats: false })

describe('a sample made from a schema is valid', () => {
  it.each<[string, object]>([
    ['text', { type: 'string' }],
    ['text of a length', { type: 'string', minLength: 40, maxLength: 60 }],
    ['text that may be null', { type: ['null', 'string'] }],
    ['a whole number within bounds', { type: 'integer', minimum: 10, maximum: 12 }],
    ['a number above a bound', { type: 'number', exclusiveMinimum: 0, maximum: 1 }],
    ['a negative number', { type: 'integer', maximum: -5 }],
    ['a multiple', { type: 'integer', minimum: 11, multipleOf: 5 }],
    ['a choice', { enum: ['a', 'b'] }],
    ['a constant', { const: 7 }],
    ['a list of a length', { type: 'array', items: { type: 'boolean' }, minItems: 3 }],
    ['a list of anything', { type: 'array' }],
    [
      'nested objects',
      {
        type: 'object',
        properties: {
          person: {
            type: 'object',
            properties: { name: { type: 'string' }, age: { type: 'integer' } },
            required: ['name', 'age'],
          },
        },
        required: ['person'],
        additionalProperties: false,
      },
    ],
    [
      'a reference',
      { $defs: { a: { type: 'integer' } }, type: 'object', properties: { x: { $ref: '#/$defs/a' } }, required: ['x'] },
    ],
    ['alternatives', { anyOf: [{ type: 'integer' }, { type: 'string' }] }],
    [
      'a union of parts',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] },
        ],
      },
    ],
    ['an object without a type', { properties: { a: { type: 'null' } }, required: ['a'] }],
    ['an empty schema', {}],
  ])('%s', (_, schema) => {
    for (const fill of ['all', 'required'] as const) {
      const value = sampleFromSchema(schema, { text: 'say "hi"', fill })
      expect(ajv.validate(schema, value), JSON.stringify(value)).toBe(true)
    }
  })
})

it('ends for a schema that contains itself', () => {
  const names = Array.from({ length: 50 }, (_, index) => [`child${index}`, { $ref: '#' }])
  const schema = {
    type: 'object',
    properties: { ...Object.fromEntries(names), list: { type: 'array', items: { $ref: '#' } } },
  }
  expect(JSON.stringify(sampleFromSchema(schema, { text: '', fill: 'all' })).length).toBeLessThan(1_000_000)
})

it('takes nothing from the prototype, whatever a schema refers to', () => {
  expect(sampleFromSchema({ $ref: '#/__proto__/constructor' }, { text: '', fill: 'all' })).toBe('simulated text')
  expect(sampleFromSchema('nonsense', { text: '', fill: 'all' })).toBe('simulated text')
})

it('fills only what a tool requires, with values that do no harm', () => {
  const schema = {
    type: 'object',
    properties: { command: { type: 'string' }, file_path: { type: 'string' }, timeout: { type: 'number' } },
    required: ['command', 'file_path'],
  }
  expect(sampleFromSchema(schema, { text: '', fill: 'required' })).toEqual({
    command: 'echo simulated',
    file_path: 'README.md',
  })
})
