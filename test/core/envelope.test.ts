import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openOpaque, sealOpaque } from '../../electron/core/envelope.ts'
import type { Opaque } from '../../electron/core/hub.ts'

const opaques: fc.Arbitrary<Opaque> = fc
  .record(
    {
      maker: fc.constantFrom('anthropic' as const, 'openai' as const),
      kind: fc.constantFrom('signature' as const, 'redacted' as const, 'encrypted' as const),
      value: fc.string({ unit: 'binary' }),
      itemId: fc.string(),
    },
    { requiredKeys: ['maker', 'kind', 'value'] },
  )
  .map((opaque) => opaque)

test('an opaque value comes out of its envelope byte for byte', () => {
  fc.assert(
    fc.property(opaques, (opaque) => {
      const sealed = sealOpaque(opaque)
      expect(sealed).toMatch(/^lz1\.[ao]\.[A-Za-z0-9_-]+$/)
      expect(openOpaque(sealed)).toEqual(opaque)
    }),
  )
})

test('the envelope is the documented one', () => {
  const sealed = sealOpaque({ maker: 'openai', kind: 'encrypted', value: 'gAAA+/=', itemId: 'rs_1' })
  const [prefix, maker, content] = sealed.split('.')
  expect([prefix, maker]).toEqual(['lz1', 'o'])
  expect(JSON.parse(Buffer.from(content ?? '', 'base64url').toString())).toEqual({
    id: 'rs_1',
    v: 'gAAA+/=',
    k: 'encrypted',
  })
})

test('anything else is not an envelope, and nothing throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => openOpaque(text) === undefined))
  fc.assert(
    fc.property(fc.json(), (json) => {
      openOpaque(`lz1.a.${Buffer.from(json).toString('base64url')}`)
    }),
  )
  for (const text of ['', 'lz1.a.', 'lz1.x.e30', 'lz1.a.e30', 'lz1.a.====', 'Eo8BCioICBgCIiRiY2Jj', 'lz2.a.e30']) {
    expect(openOpaque(text)).toBeUndefined()
  }
})

test('a value of a megabyte is sealed and opened', () => {
  const value = 'é'.repeat(1_000_000)
  expect(openOpaque(sealOpaque({ maker: 'anthropic', kind: 'signature', value }))?.value).toBe(value)
})
