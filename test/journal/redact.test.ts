import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { credentialsIn, redactHeaders, Redactor, redactUrl } from '../../electron/journal/redact.ts'

const secret = 'sk+Lz/9f8e7d6c5b4a=Ω~'

describe('headers', () => {
  test.each([
    ['Authorization', 'Bearer abc', 'Bearer [redacted]'],
    ['authorization', 'my own words', '[redacted]'],
    ['Proxy-Authorization', 'Basic dTpw', 'Basic [redacted]'],
    ['api-key', 'abc', '[redacted]'],
    ['X-API-Key', 'abc', '[redacted]'],
    ['X-Azure-API-Key', 'abc', '[redacted]'],
    ['X-Admin-API-Key', 'abc', '[redacted]'],
    ['Cookie', 'a=b; c=d', '[redacted]'],
    ['Set-Cookie', 'a=b', '[redacted]'],
    ['Ocp-Apim-Subscription-Key', 'abc', '[redacted]'],
    ['x-acme-client-secret', 'abc', '[redacted]'],
    ['x-goog-api-key', 'abc', '[redacted]'],
    ['Referer', 'https://x.example/?code=1&a=2', 'https://x.example/?code=[redacted]&a=2'],
    ['content-type', 'application/json', 'application/json'],
    ['x-ratelimit-remaining-tokens', '12', '12'],
    ['x-stainless-lang', 'js', 'js'],
    ['anthropic-version', '2023-06-01', '2023-06-01'],
  ])('%s: %s', (name, value, shown) => {
    expect(redactHeaders([[name, value]])).toEqual([[name, shown]])
  })
})

describe('addresses', () => {
  test.each([
    ['/v1/chat?api-key=abc&model=x', '/v1/chat?api-key=[redacted]&model=x'],
    ['/x?a=1;token=2#f', '/x?a=1;token=[redacted]#f'],
    ['/x?api%2Dkey=abc', '/x?api%2Dkey=[redacted]'],
    ['/x?%=1&SIG=abc', '/x?%=1&SIG=[redacted]'],
    ['https://user:pass@host.example/p?key=1', 'https://[redacted]@host.example/p?key=[redacted]'],
    ['/v1/models?keys=1&monkey=2', '/v1/models?keys=1&monkey=2'],
    ['/mail/a@b', '/mail/a@b'],
  ])('%s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })
})

test('credentials that an exchange carried are looked for in its bytes, made-up words are not', () => {
  expect(
    credentialsIn(
      [
        ['Authorization', 'Bearer 0123456789abcdef0'],
        ['api-key', 'not-needed'],
        ['Cookie', 'theme=dark; session=0123456789abcdefXYZ'],
        ['content-type', 'application/json; charset=utf-8'],
      ],
      '/x?sig=0123456789abcdef1&token=short',
    ),
  ).toEqual(['0123456789abcdef0', '0123456789abcdefXYZ', '0123456789abcdef1'])
})

describe('known values', () => {
  const spellings: [string, string][] = [
    ['as it is', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL, lower-case digits', encodeURIComponent(secret).replaceAll(/%../g, (digits) => digits.toLowerCase())],
    ['in JSON', JSON.stringify({ secret })],
    ['in JSON with escaped slashes', secret.replaceAll('/', '\\/')],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 after one byte', Buffer.from(`x${secret}`).toString('base64')],
    ['in base64 as a password', Buffer.from(`user:${secret}`).toString('base64')],
    ['in base64 amid text', Buffer.from(`ab${secret}cde`).toString('base64')],
    ['in base64url', Buffer.from(`??${secret}`).toString('base64url')],
  ]
  /** No run of ten characters of any spelling may be left. */
  const leaks = (text: string): boolean =>
    spellings.some(([, spelled]) => {
      for (let at = 0; at + 14 <= spelled.length; at++) if (text.includes(spelled.slice(at, at + 14))) return true
      return false
    })

  test.each(spellings)('are taken out of text: %s', (_, spelled) => {
    const clean = new Redactor([secret]).text(`before ${spelled} after`)
    expect(leaks(clean)).toBe(false)
    expect(clean.startsWith('before ')).toBe(true)
    expect(clean.endsWith(' after')).toBe(true)
  })

  test.each(spellings)('are masked in bytes, offsets stay: %s', (_, spelled) => {
    const bytes = Buffer.from(`before ${spelled} after`)
    const { length } = bytes
    new Redactor([secret]).mask(bytes)
    expect(bytes).toHaveLength(length)
    expect(leaks(bytes.toString())).toBe(false)
    expect(bytes.toString().endsWith(' after')).toBe(true)
  })

  test('are found whatever stands around them in base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 9 }), (before, after) => {
        const all = Buffer.concat([before, Buffer.from(secret), after]).toString('base64')
        const bytes = Buffer.from(all)
        new Redactor([secret]).mask(bytes)
        expect(Buffer.from(bytes.toString().replaceAll('*', 'A'), 'base64').includes(secret.slice(2, -2))).toBe(false)
      }),
    )
  })

  test('are held back while only their beginning has come', () => {
    const redactor = new Redactor([secret])
    const spelled = Buffer.from(secret)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: spelled.length - 1 }), fc.string(), (length, text) => {
        const bytes = Buffer.concat([Buffer.from(text), spelled.subarray(0, length)])
        expect(redactor.unsettled(bytes)).toBeGreaterThanOrEqual(length)
      }),
    )
    expect(redactor.unsettled(Buffer.from('nothing of it'))).toBe(0)
  })

  test('that are too short to be secrets are left alone', () => {
    expect(new Redactor(['', 'a', 'token']).text('a token')).toBe('a token')
  })

  test('change a value of plain data only where they are', () => {
    const redactor = new Redactor([secret])
    const clean = { a: ['x', 1], b: null }
    expect(redactor.deep(clean)).toBe(clean)
    expect(redactor.deep({ a: [`x ${secret}`] })).toEqual({ a: ['x [redacted]'] })
  })
})
