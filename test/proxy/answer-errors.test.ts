/** Failures of upstreams in all their shapes, told to every SDK: the right class of exception, with the upstream's words. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DialectId } from '../../shared/exchange.ts'
import {
  chatStream,
  chunk,
  messageStream,
  numbered,
  response,
  responseStream,
  messageItem,
  outputText,
} from './answer-bodies.ts'
import type { Fields } from './answer-bodies.ts'
import { ask, throughProxy } from './ask.ts'
import { startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { json, startUpstream, stream } from './scripted-upstream.ts'
import type { Script, ScriptedUpstream } from './scripted-upstream.ts'

const CLIENTS: readonly DialectId[] = ['chat', 'responses', 'messages']
const MODELS: Readonly<Record<DialectId, string>> = {
  chat: 'deepseek-v3',
  responses: 'gpt-5-codex',
  messages: 'claude-sonnet-4-6',
}

let script: Script
let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  upstream = await startUpstream((play) => script(play))
  proxy = await startProxy({ instances: [{ base: upstream.origin }], config: { routing: { retries: 0 } } })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const words = 'The words of the upstream.'
const azure = (code: string, rest: Fields = {}): Fields => ({ error: { code, message: words, ...rest } })
const claude = (type: string): Fields => ({ type: 'error', error: { type, message: words }, request_id: 'req_1' })
const RESULTS = { jailbreak: { filtered: true, detected: true }, hate: { filtered: false, severity: 'safe' } }
const BLOCKED = azure('content_filter', {
  type: null,
  param: 'prompt',
  status: 400,
  innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: RESULTS },
})

type Class = 'BadRequestError' | 'AuthenticationError' | 'PermissionDeniedError' | 'NotFoundError' | 'RateLimitError'
const classOf = (client: DialectId, name: Class | 'InternalServerError'): new (...args: never[]) => Error =>
  client === 'messages' ? Anthropic[name] : OpenAI[name]

function plain(text: string, status: number): Script {
  return ({ response: answer }) => {
    answer.writeHead(status, { 'content-type': text.startsWith('<') ? 'text/html' : 'text/plain' })
    answer.end(text)
  }
}

const refusals: readonly [
  name: string,
  from: DialectId,
  status: number,
  body: Fields | string,
  kind: Class | 'InternalServerError',
][] = [
  ['a wrong key', 'chat', 401, azure('401'), 'AuthenticationError'],
  ['a gateway without the key', 'chat', 401, { statusCode: 401, message: words }, 'AuthenticationError'],
  ['a disabled key', 'responses', 403, azure('AuthenticationTypeDisabled'), 'PermissionDeniedError'],
  ['no deployment', 'chat', 404, azure('DeploymentNotFound'), 'NotFoundError'],
  ['no such address', 'responses', 404, azure('404'), 'NotFoundError'],
  ['another API', 'chat', 400, azure('OperationNotSupported'), 'BadRequestError'],
  [
    'an unsupported parameter',
    'responses',
    400,
    { error: { message: words, type: 'invalid_request_error', param: 'temperature', code: 'unsupported_parameter' } },
    'BadRequestError',
  ],
  ['a blocked prompt', 'chat', 400, BLOCKED, 'BadRequestError'],
  ['a blocked prompt of Responses', 'responses', 400, BLOCKED, 'BadRequestError'],
  ['too long a prompt', 'chat', 400, azure('context_length_exceeded'), 'BadRequestError'],
  ['reasoning of another resource', 'responses', 400, azure('invalid_encrypted_content'), 'BadRequestError'],
  ['a quota', 'chat', 429, azure('429'), 'RateLimitError'],
  ['a quota of Claude', 'messages', 429, claude('rate_limit_error'), 'RateLimitError'],
  ['a bad request to Claude', 'messages', 400, claude('invalid_request_error'), 'BadRequestError'],
  ['a wrong key of Claude', 'messages', 401, claude('authentication_error'), 'AuthenticationError'],
  ['no such Claude', 'messages', 404, claude('not_found_error'), 'NotFoundError'],
  ['an overloaded Claude', 'messages', 529, claude('overloaded_error'), 'InternalServerError'],
  ['a failing Claude', 'messages', 500, claude('api_error'), 'InternalServerError'],
  ["Azure's own words before Claude", 'messages', 404, azure('DeploymentNotFound'), 'NotFoundError'],
  ['a gateway before Claude', 'messages', 401, { statusCode: 401, message: words }, 'AuthenticationError'],
  ['a failing service', 'responses', 500, azure('InternalServerError'), 'InternalServerError'],
  ['a page', 'chat', 502, `<html><body><h1>${words}</h1></body></html>`, 'InternalServerError'],
  ['a page before Claude', 'messages', 503, `<html><body><h1>${words}</h1></body></html>`, 'InternalServerError'],
  ['a list of details', 'chat', 422, { detail: [{ msg: words }] }, 'BadRequestError'],
  ['an error as text', 'chat', 500, { error: words }, 'InternalServerError'],
]

describe.each(refusals)('%s (%s, %i)', (name, from, status, body, kind) => {
  test.each(CLIENTS)('is the right exception of the SDK of %s', async (client) => {
    script = typeof body === 'string' ? plain(body, status) : json(body, status)
    for (const wantsStream of [true, false]) {
      const asked = ask(client, throughProxy(proxy.origin), { model: MODELS[from], tools: [], stream: wantsStream })
      const error = await asked.then(
        () => undefined,
        (thrown: unknown) => thrown as Error & { status?: number },
      )
      if (name === 'a list of details') expect(error?.status).toBe(422)
      else expect(error).toBeInstanceOf(classOf(client, kind))
      expect(error?.message).toContain(words)
    }
  })
})

test.each(CLIENTS)('an empty body is an exception of the SDK of %s all the same', async (client) => {
  script = plain('', 500)
  for (const from of CLIENTS) {
    const asked = ask(client, throughProxy(proxy.origin), { model: MODELS[from], tools: [], stream: false })
    await expect(asked).rejects.toBeInstanceOf(classOf(client, 'InternalServerError'))
  }
})

const failed = (code: string): Fields =>
  response([], { status: 'failed', error: { code, message: words }, usage: null })
const CODES: readonly [code: string, kind: Class | 'InternalServerError'][] = [
  ['server_error', 'InternalServerError'],
  ['rate_limit_exceeded', 'RateLimitError'],
  ['too_many_requests', 'RateLimitError'],
  ['invalid_prompt', 'BadRequestError'],
  ['context_length_exceeded', 'BadRequestError'],
  ['vector_store_timeout', 'InternalServerError'],
  ['invalid_image', 'BadRequestError'],
  ['invalid_image_format', 'BadRequestError'],
  ['image_too_large', 'BadRequestError'],
  ['image_content_policy_violation', 'BadRequestError'],
  ['empty_image_file', 'BadRequestError'],
  ['failed_to_download_image', 'BadRequestError'],
]

describe.each(CODES)('a response that failed with %s', (code, kind) => {
  test.each(['chat', 'messages'] as const)('before it began is the right exception in %s', async (client) => {
    const begun = response([], { status: 'in_progress' })
    const bodies: [Script, boolean][] = [
      [
        stream(
          Buffer.from(
            numbered([
              { type: 'response.created', response: begun },
              { type: 'response.failed', response: failed(code) },
            ]),
          ),
        ),
        true,
      ],
      [json(failed(code)), false],
    ]
    for (const [answer, wantsStream] of bodies) {
      script = answer
      const asked = ask(client, throughProxy(proxy.origin), { model: MODELS.responses, tools: [], stream: wantsStream })
      await expect(asked, wantsStream ? 'streamed' : 'whole').rejects.toBeInstanceOf(classOf(client, kind))
      await expect(asked).rejects.toThrow(words)
    }
  })
})

const CUT = responseStream([messageItem('msg_1', outputText('It began'))]).split('event: response.output_text.done')[0]!
const CLAUDE_CUT = messageStream([{ type: 'text', text: 'It began' }]).split('event: content_block_stop')[0]!
const amid: readonly [name: string, from: DialectId, body: string][] = [
  [
    'a nested error event',
    'responses',
    `${CUT}event: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: 9, error: { type: 'server_error', code: null, message: words, param: null } })}\n\n`,
  ],
  [
    'a flat error event',
    'responses',
    `${CUT}event: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: 9, code: 'server_error', message: words, param: null })}\n\n`,
  ],
  [
    'response.failed',
    'responses',
    `${CUT}event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', sequence_number: 9, response: failed('server_error') })}\n\n`,
  ],
  [
    'overloaded_error',
    'messages',
    `${CLAUDE_CUT}event: error\ndata: ${JSON.stringify(claude('overloaded_error'))}\n\n`,
  ],
  [
    'an error in place of a chunk',
    'chat',
    chatStream(chunk({ content: 'It began' }), azure('server_error')).replace('data: [DONE]\n\n', ''),
  ],
  [
    'an error event of a chat server',
    'chat',
    `${chatStream(chunk({ content: 'It began' })).replace('data: [DONE]\n\n', '')}event: error\ndata: ${JSON.stringify({ message: words })}\n\n`,
  ],
  [
    'a finish that is an error',
    'chat',
    chatStream(
      chunk({ content: 'It began' }),
      chunk({ content: '' }, { finish_reason: 'error' }, { error: { code: 502, message: words } }),
    ),
  ],
]

describe.each(amid)('%s amid an answer of %s', (name, from, body) => {
  test.each(CLIENTS)('is an exception of the SDK of %s, never an end', async (client) => {
    script = stream(Buffer.from(body), [body.indexOf('It began') + 200])
    if (client === 'responses' && name === 'response.failed') {
      // Its own SDK gives the failed response to the application.
      return
    }
    const asked = ask(client, throughProxy(proxy.origin), { model: MODELS[from], tools: [], stream: true })
    await expect(asked).rejects.toThrow(words)
  })
})

test.each(['insufficient_system_resource', 'error'])('a finish of "%s" is a failure, not an end', async (reason) => {
  for (const client of ['responses', 'messages'] as const) {
    script = stream(Buffer.from(chatStream(chunk({ content: 'It began' }), chunk({}, { finish_reason: reason }))))
    const asked = ask(client, throughProxy(proxy.origin), { model: MODELS.chat, tools: [], stream: true })
    await expect(asked).rejects.toThrow(reason)
  }
})
