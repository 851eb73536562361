import { describe, expect, test } from 'vitest'
import { ORPCError } from '@orpc/client'
import { failureOf } from '../../renderer/console.ts'
import { hrefOf, parseRoute } from '../../renderer/route.ts'
import { bytes, duration, money, plural } from '../../renderer/ui/format.ts'
import { dialectPair } from '../../renderer/ui/dialects.ts'
import { curlText } from '../../renderer/ui/curl.tsx'
import { bodyOf } from '../../renderer/pages/traffic/wire-text.ts'

describe('figures', () => {
  test.each([
    [0, '0 ms'],
    [0.26, '0.3 ms'],
    [3, '3 ms'],
    [99.6, '100 ms'],
    [180, '0.18 s'],
    [9840, '9.84 s'],
    [12_345, '12.3 s'],
    [125_000, '2 min 05 s'],
  ])('%d ms is written %s', (ms, text) => expect(duration(ms)).toBe(text))

  test.each([
    [0, '$0'],
    [0.000_04, '<$0.0001'],
    [0.000_38, '$0.0004'],
    [0.022_55, '$0.0226'],
    [9.999, '$9.9990'],
    [12.4, '$12.40'],
    [1234.5, '$1,234.50'],
  ])('%d dollars are written %s', (usd, text) => expect(money(usd)).toBe(text))

  test('bytes, counts and pairs of APIs have their unit', () => {
    expect([bytes(812), bytes(31_214), bytes(4_000_000)]).toEqual(['812 B', '31.2 kB', '4.0 MB'])
    expect([plural(1, 'event'), plural(1420, 'event')]).toEqual(['1 event', '1,420 events'])
    expect([
      dialectPair('messages', 'messages'),
      dialectPair('chat', 'messages'),
      dialectPair('chat', undefined),
    ]).toEqual(['M', 'C→M', 'C'])
  })
})

describe('addresses within the window', () => {
  test('go there and back', () => {
    expect(parseRoute(hrefOf('traffic', 'ex/1 2'))).toEqual({ page: 'traffic', item: 'ex/1 2' })
    expect(parseRoute('#/models')).toEqual({ page: 'models' })
    expect(parseRoute('')).toEqual({})
    expect(parseRoute('#/nowhere')).toEqual({})
  })
})

describe('what went wrong, for the user', () => {
  test('a failure of the engine is told as it is', () => {
    const failure = { code: 'secrets_locked', message: 'The keychain is locked.', fix: 'Unlock it.' }
    expect(failureOf(new ORPCError('FAILED', { status: 400, data: failure }))).toBe(failure)
  })

  test('a session that is over and an engine that is gone say what to do', () => {
    expect(failureOf(new ORPCError('UNAUTHORIZED', { status: 401 })).fix).toContain('link')
    expect(failureOf(new TypeError('Failed to fetch'))).toMatchObject({ code: 'console_unreachable' })
  })
})

describe('texts to copy', () => {
  test('the curl command names the key only where one is needed, and its body is JSON', () => {
    const open = curlText({ baseUrl: 'http://127.0.0.1:1', auth: 'open', model: 'gpt-5.1' })
    expect(open).not.toContain('LAZULI_KEY')
    expect(curlText({ baseUrl: 'http://127.0.0.1:1', auth: 'token', model: 'gpt-5.1' })).toContain('Bearer $LAZULI_KEY')
    const body = /-d '([\s\S]*)'$/.exec(open)?.[1] ?? ''
    expect(JSON.parse(body)).toMatchObject({ model: 'gpt-5.1', stream: true })
  })

  test('the body of a stream is its events with their blank lines, of anything else the slices joined', () => {
    const events = ['data: 1', 'data: 2'].map((raw, index) => ({ index, atMs: index, raw }))
    expect(bodyOf(events, [['Content-Type', 'text/event-stream; charset=utf-8']]).text).toBe('data: 1\n\ndata: 2\n\n')
    expect(bodyOf(events, [['content-type', 'application/json']]).text).toBe('data: 1data: 2')
    expect(bodyOf([{ index: 0, atMs: 0, raw: 'é' }], []).bytes).toBe(2)
  })
})
