import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { schemaIssues, valueIssues } from '../../shared/json-schema.ts'

const ajv = new Ajv2020({ strict: false, validateFormats: false })

/** Schemas of the kinds that models take, and values that often nearly fit them. */
const leaf: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null') }),
  fc.record({ type: fc.constant('string'), minLength: fc.nat(3), maxLength: fc.nat(5) }),
  fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -2, max: 2 }), exclusiveMaximum: fc.nat(5) }),
  fc.record({ enum: fc.array(fc.constantFrom('a', 'b', 1, null, true), { minLength: 1 }) }),
  fc.record({ const: fc.constantFrom('a', 0, null) }),
  fc.record({ type: fc.constant(['string', 'null']), pattern: fc.constantFrom('^a', 'b$', '\\d') }),
)
const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2), uniqueItems: fc.boolean() }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema')),
      required: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }), not: tie('schema') }),
  ),
}))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'ab', 'b1', '', '💎💎💎', 0, 1, 2.5, -1, 4, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x-y'), tie('value')),
  ),
}))

describe('a value and a schema', () => {
  test('it fits exactly when Ajv says so', () => {
    fc.assert(
      fc.property(schema, fc.array(value, { minLength: 1, maxLength: 5 }), (shape, values) => {
        const fits = ajv.compile(shape)
        for (const one of values) expect(valueIssues(one, shape).length === 0, JSON.stringify(one)).toBe(fits(one))
      }),
      { numRuns: 150 },
    )
  })

  test('what is wrong is said with its place', () => {
    const shape = {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: '#/$defs/item' } }, kind: { enum: ['a', 'b'] } },
      required: ['items', 'total'],
      additionalProperties: false,
      $defs: { item: { type: 'object', properties: { price: { type: 'number', minimum: 0 } }, required: ['price'] } },
    }
    const issues = valueIssues({ items: [{ price: 1 }, { price: '2' }, { price: -1 }, {}], kind: 'c', 'x y': 1 }, shape)
    expect(issues.map(({ path, message }) => `${path} ${message}`)).toEqual([
      '$ lacks "total"',
      '$.items[1].price must be a number, not a string',
      '$.items[2].price must be at least 0',
      '$.items[3] lacks "price"',
      '$.kind must be one of "a", "b"',
      '$["x y"] is not in the schema',
    ])
  })

  test('a schema that refers to itself without an end is no trap', () => {
    expect(valueIssues({ a: 1 }, { $ref: '#' })).toEqual([])
    const tree = { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false }
    expect(valueIssues({ next: { next: { other: 1 } } }, tree)).toMatchObject([{ path: '$.next.next.other' }])
  })
})

describe('a schema itself', () => {
  test('what no reader would understand is named with its place', () => {
    const issues = schemaIssues({
      type: 'objekt',
      required: ['b'],
      properties: { a: { type: 'array', items: { enum: 'x' } } },
      anyOf: {},
    })
    expect(issues.map(({ path }) => path)).toEqual(['$.type', '$.properties.a.items.enum', '$.required', '$.anyOf'])
  })

  test('whatever Ajv can compile passes', () => {
    fc.assert(
      fc.property(schema, (shape) => {
        const unknownRequired = schemaIssues(shape).filter(({ message }) => !message.includes('no such property'))
        expect(unknownRequired).toEqual([])
      }),
    )
  })
})
