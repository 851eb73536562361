import { RateLimitError } from '@anthropic-ai/sdk'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubError } from '../../../../electron/core/hub.ts'
import { AnswerServer } from './sdk.ts'

const server = new AnswerServer()
beforeAll(() => server.start())
afterAll(() => server.stop())

const failed = (status: number, body: unknown, headers: Record<string, string> = {}): HubError =>
  messages.decodeError({ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) })

test('an error of Anthropic keeps type, words and request id', () => {
  const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' }
  expect(failed(529, body)).toMatchObject({
    status: 529,
    type: 'overloaded_error',
    message: 'Overloaded',
    requestId: 'req_1',
  })
})

test.each([
  [400, 'invalid_request_error'],
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
  [502, 'api_error'],
  [503, 'api_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])('a status of %i without a type is %s', (status, type) => {
  expect(failed(status, { error: { code: String(status), message: 'No.' } })).toMatchObject({ status, type })
})

test('a 503 that says overloaded is overloaded', () => {
  expect(failed(503, { error: { message: 'The service is Overloaded.' } }).type).toBe('overloaded_error')
})

test("a gateway's error without an error object is read", () => {
  expect(failed(401, { statusCode: 401, message: 'Access denied due to invalid subscription key.' })).toMatchObject({
    type: 'authentication_error',
    message: 'Access denied due to invalid subscription key.',
  })
})

test('a page becomes a line of text', () => {
  const page = `<html><style>p{}</style><body><h1>502</h1> Bad &amp; <b>Gateway</b>${'x'.repeat(400)}</body></html>`
  const { message } = failed(502, page)
  expect(message).toMatch(/^The upstream answered with status 502: 502 Bad/)
  expect(message).not.toContain('<')
  expect(message.length).toBeLessThan(250)
})

test.each([
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT', date: 'Fri, 20 Nov 2026 10:00:00 GMT' }, 30_000],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
])('the wait of %j is %s ms', (headers, wait) => {
  expect(failed(429, {}, headers as Record<string, string>).retryAfterMs).toBe(wait)
})

test("the SDK reads our error as it reads Anthropic's", async () => {
  const { status, headers, body } = messages.encodeError({
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many tokens.',
    requestId: 'req_7',
    retryAfterMs: 1200,
  })
  expect(headers).toMatchObject({ 'retry-after': '2', 'retry-after-ms': '1200', 'request-id': 'req_7' })
  const error = await server.readError(status, body, headers)
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ status: 429, requestID: 'req_7', error: { error: { message: 'Too many tokens.' } } })
})

test('our own refusal names the field first, an upstream is quoted word for word', () => {
  const refusal: HubError = { status: 400, type: 'invalid_request_error', message: 'Not here.', param: 'n' }
  expect(messages.encodeError(refusal).body).toMatchObject({ error: { message: 'n: Not here.' } })
  expect(messages.encodeError({ ...refusal, raw: {} }).body).toMatchObject({ error: { message: 'Not here.' } })
})

test('what the content filter objected to goes into a header', () => {
  const inner = {
    code: 'ResponsibleAIPolicyViolation',
    content_filter_result: {
      jailbreak: { filtered: true, detected: true },
      hate: { filtered: false },
      violence: { filtered: true },
    },
  }
  const { headers } = messages.encodeError({ status: 400, type: 'invalid_request_error', message: 'Filtered.', inner })
  expect(headers['x-lazuli-content-filter']).toBe('jailbreak,violence')
})

test('a spend limit is not to be retried', () => {
  const body = {
    type: 'error',
    error: {
      type: 'rate_limit_error',
      message: 'Limit reached.',
      details: { error_code: 'enforced_spend_limit_reached' },
    },
  }
  expect(messages.encodeError(failed(429, body)).headers['x-should-retry']).toBe('false')
})

test('a thread is refused so that the SDK falls back', () => {
  const body = { model: 'm', max_tokens: 5, messages: [], thread: { type: 'create' } }
  expect(() => messages.decodeRequest(body)).toThrow(
    expect.objectContaining({ code: 'thread_unsupported_request' }) as Error,
  )
  const error: HubError = {
    status: 400,
    type: 'invalid_request_error',
    code: 'thread_unsupported_request',
    message: 'No threads.',
    param: 'thread',
  }
  expect(messages.encodeError(error).body).toMatchObject({
    error: { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } },
  })
})

test('nothing that an upstream fails with makes us fail', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.json(), fc.string()), (status, text) => {
      const error = messages.decodeError({ status, headers: {}, text })
      expect(error.message).not.toBe('')
      expect(() => JSON.stringify(messages.encodeError(error))).not.toThrow()
      expect(messages.encodeErrorEvent(error)).toMatch(/^event: error\ndata: \{.*\}\n\n$/)
    }),
  )
})
