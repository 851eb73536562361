import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import type { HubError } from '../../../../electron/core/hub.ts'

const decode = (status: number, body: unknown, headers: Record<string, string> = {}): HubError =>
  chat.decodeError({ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) })

const encode = (status: number, type: string, code?: string): unknown => {
  const encoded = chat.encodeError({ status, type, message: 'm', ...(code === undefined ? {} : { code }) })
  const { error } = encoded.body as { error: { type: string; code: string | null } }
  return [encoded.status, error.type, error.code]
}

describe("an upstream's failure", () => {
  it('keeps message, code, parameter and the inner error word for word', () => {
    const innererror = { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } }
    const body = { error: { message: 'Blocked.', type: null, param: 'prompt', code: 'content_filter', innererror } }
    expect(decode(400, body, { 'apim-request-id': 'r-1' })).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message: 'Blocked.',
      code: 'content_filter',
      param: 'prompt',
      inner: innererror,
      requestId: 'r-1',
      raw: body,
    })
    expect(decode(400, { error: { message: 'm', inner_error: innererror } }).inner).toEqual(innererror)
  })

  it.each([
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [408, 'timeout_error'],
    [409, 'conflict_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [503, 'api_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('with status %i is a %s', (status, type) => {
    expect(decode(status, { error: { message: 'm' } })).toMatchObject({ status, type })
  })

  it("reads a gateway's shape, an overload, a page, and nothing at all", () => {
    expect(decode(401, { statusCode: 401, message: 'Access denied.' })).toMatchObject({ message: 'Access denied.' })
    expect(decode(503, { error: { message: 'The model is overloaded' } }).type).toBe('overloaded_error')
    const page = `<html><style>x{}</style><body><h1>502 Bad\n Gateway</h1>${'é'.repeat(300)}</body></html>`
    const { message } = decode(502, page)
    expect(message).toMatch(/^The upstream answered 502: 502 Bad Gateway é+$/)
    expect(message.length).toBeLessThan(240)
    expect(decode(502, '').message).toBe('The upstream answered 502 without a body.')
  })

  it('takes the status from the body when the answer said 200', () => {
    expect(decode(200, { error: { message: 'm', status: 429 } }).status).toBe(429)
    expect(decode(200, { error: { message: 'm' } }).status).toBe(400)
  })

  it('reads how long to wait', () => {
    expect(decode(429, {}, { 'retry-after': '3' }).retryAfterMs).toBe(3000)
    expect(decode(429, {}, { 'retry-after': '3', 'retry-after-ms': '2500' }).retryAfterMs).toBe(2500)
    expect(decode(429, {}, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }).retryAfterMs).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        const error = chat.decodeError({ status, headers: {}, text })
        expect(error.status).toBeGreaterThanOrEqual(400)
        expect(error.message).not.toBe('')
      }),
    )
  })
})

describe('an error for a Chat client', () => {
  it('has all four keys, and the inner error where there is one', () => {
    const encoded = chat.encodeError({
      status: 400,
      type: 'invalid_request_error',
      message: 'm',
      inner: { code: 'x' },
      requestId: 'r',
      retryAfterMs: 1500,
    })
    expect(encoded).toEqual({
      status: 400,
      headers: { 'retry-after': '2', 'retry-after-ms': '1500', 'x-request-id': 'r' },
      body: {
        error: { message: 'm', type: 'invalid_request_error', param: null, code: null, innererror: { code: 'x' } },
      },
    })
  })

  it("speaks OpenAI's vocabulary", () => {
    expect(encode(400, 'invalid_request_error', 'context_length_exceeded')).toEqual([
      400,
      'invalid_request_error',
      'context_length_exceeded',
    ])
    expect(encode(401, 'authentication_error', '401')).toEqual([401, 'invalid_request_error', 'invalid_api_key'])
    expect(encode(402, 'billing_error')).toEqual([402, 'insufficient_quota', 'insufficient_quota'])
    expect(encode(403, 'permission_error')).toEqual([403, 'invalid_request_error', 'forbidden'])
    expect(encode(404, 'not_found_error', 'DeploymentNotFound')).toEqual([
      404,
      'invalid_request_error',
      'model_not_found',
    ])
    expect(encode(408, 'timeout_error')).toEqual([408, 'server_error', 'timeout'])
    expect(encode(409, 'conflict_error')).toEqual([409, 'conflict', 'conflict'])
    expect(encode(413, 'request_too_large')).toEqual([413, 'invalid_request_error', 'request_too_large'])
    expect(encode(429, 'rate_limit_error', '429')).toEqual([429, 'rate_limit_error', 'rate_limit_exceeded'])
    expect(encode(429, 'rate_limit_error', 'insufficient_quota')).toEqual([
      429,
      'rate_limit_error',
      'insufficient_quota',
    ])
    expect(encode(500, 'api_error', 'InternalServerError')).toEqual([500, 'server_error', 'InternalServerError'])
    expect(encode(503, 'api_error')).toEqual([503, 'server_error', 'service_unavailable'])
    expect(encode(529, 'overloaded_error')).toEqual([503, 'server_error', 'overloaded'])
    expect(encode(400, 'invalid_request_error', 'unsupported_by_upstream')).toEqual([
      400,
      'invalid_request_error',
      'unsupported_by_upstream',
    ])
    expect(encode(404, 'not_found_error', 'proxy_no_model')).toEqual([404, 'invalid_request_error', 'proxy_no_model'])
    expect(encode(418, 'teapot')).toEqual([418, 'invalid_request_error', null])
  })

  it('is one data line inside a stream', () => {
    expect(
      chat.encodeErrorEvent({ status: 502, type: 'api_error', code: 'proxy_upstream_incomplete', message: 'a\nb' }),
    ).toBe(
      'data: {"error":{"message":"a\\nb","type":"server_error","param":null,"code":"proxy_upstream_incomplete"}}\n\n',
    )
  })
})
