/** Wherever a gateway's bytes are cut, they are read alike; what is Responses already is not touched. */
import { array, assert, constantFrom, jsonValue, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { tidied } from '../../../electron/proxy/gateway/tidied.ts'
import type { BodyReader, UpstreamAnswer } from '../../../electron/proxy/send.ts'
import { startProxy } from '../harness.ts'
import { cutAt, json, startUpstream } from '../scripted-upstream.ts'
import { answer, REAL, sse, TEXT } from './gateway-says.ts'

function through(pieces: readonly Buffer[], type: string): Buffer {
  const out: Buffer[] = []
  let ends = 0
  let reader: BodyReader | undefined
  const nothing = (): void => {}
  const upstream: UpstreamAnswer = {
    status: 200,
    headers: { 'content-type': type, 'content-length': '1' },
    read: (given) => {
      reader = given
    },
    pause: nothing,
    resume: nothing,
    abort: nothing,
    release: nothing,
    settle: () => Promise.resolve(),
  }
  let ids = 0
  tidied(upstream, { now: () => 5000, newId: (prefix) => `${prefix}${ids++}` }).read({
    data: (chunk) => out.push(chunk),
    end: () => ends++,
    fail: nothing,
  })
  for (const piece of pieces) reader!.data(piece)
  reader!.end(true)
  expect(ends).toBe(1)
  return Buffer.concat(out)
}

const cuts = array(nat({ max: 3000 }), { maxLength: 12 })

test('a stream of Responses keeps every byte, with any line ends and any cuts', () => {
  assert(
    property(cuts, constantFrom('\n', '\r\n', '\r'), (at, lineEnd) => {
      const body = Buffer.from(REAL.toString().replaceAll('\n', lineEnd))
      expect(through(cutAt(body, at), 'text/event-stream').equals(body)).toBe(true)
    }),
  )
})

test('an odd stream is put right alike wherever it is cut', () => {
  const body = sse([{ text: TEXT.slice(0, 9) }, { text: TEXT.slice(9) }, { usage: { prompt_tokens: 1 } }, '[DONE]'])
  const whole = through([body], 'text/event-stream').toString()
  expect(whole).toContain('"type":"response.completed"')
  expect(whole).toContain(JSON.stringify(TEXT))
  assert(
    property(cuts, (at) => {
      expect(through(cutAt(body, at), 'text/event-stream').toString()).toBe(whole)
    }),
  )
})

test('no document and no event makes it fail; what is no answer stays what it is', () => {
  assert(
    property(jsonValue(), (value) => {
      const body = Buffer.from(JSON.stringify(value))
      const given = through([body], 'application/json')
      if (typeof value !== 'object' || value === null || Array.isArray(value)) expect(given.equals(body)).toBe(true)
      expect(() => JSON.parse(given.toString()) as unknown).not.toThrow()
      through([sse([JSON.stringify(value)])], 'text/event-stream')
    }),
  )
  for (const text of ['', 'not JSON', '{"half":']) {
    expect(through([Buffer.from(text)], 'application/json').toString()).toBe(text)
  }
  const proper = Buffer.from(JSON.stringify(answer(), undefined, 2))
  expect(through([proper], 'application/json').equals(proper)).toBe(true)
})

test('testing such an instance calls nothing, and says where it would call', async () => {
  const upstream = await startUpstream(json({}))
  const proxy = await startProxy({ instances: [{ type: 'azure-gateway', base: upstream.origin, version: 'x' }] })
  const result = await proxy.proxy.testInstance(proxy.configuration.instances[0]!)
  expect(result).toMatchObject({
    ok: true,
    request: `POST ${upstream.origin}/openai/deployments/MODEL/responses?api-version=x`,
  })
  expect(upstream.received).toHaveLength(0)
  await proxy.close()
  await upstream.close()
})
