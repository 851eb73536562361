import { describe, expect, test } from 'vitest'
import { Config } from '../../shared/config.ts'
import type { ConfigInput, Source } from '../../shared/config.ts'
import { limitsFor } from '../../electron/proxy/call-limits.ts'
import { post, startProxy } from './harness.ts'
import { startUpstream } from './scripted-upstream.ts'

const limits = (
  config: ConfigInput,
  instance: Parameters<typeof limitsFor>[1] = {},
  stream = false,
): ReturnType<typeof limitsFor> => {
  const written = Object.keys(config.timeouts ?? {}).map((key): [string, Source] => [`timeouts.${key}`, 'file'])
  return limitsFor({ config: Config.parse(config), sources: new Map(written) }, instance, stream)
}

describe('how long a call may take', () => {
  test.each([
    ['nothing is set', {}, {}, false, { connect: 10, first_byte: 600, idle: 300 }],
    ['timeouts', { timeouts: { first_byte: 5, idle: 6 } }, {}, false, { connect: 10, first_byte: 5, idle: 6 }],
    ['routing.timeout', { routing: { timeout: 60 } }, {}, false, { connect: 10, first_byte: 60, idle: 60 }],
    [
      'timeouts win over routing.timeout, each for itself',
      { timeouts: { first_byte: 5 }, routing: { timeout: 60 } },
      {},
      false,
      { connect: 10, first_byte: 5, idle: 60 },
    ],
    [
      'an instance’s timeout',
      { timeouts: { first_byte: 5 } },
      { timeout: 7 },
      false,
      { connect: 10, first_byte: 7, idle: 7 },
    ],
    ['an instance’s timeout_seconds', {}, { timeout_seconds: 8 }, false, { connect: 10, first_byte: 8, idle: 8 }],
    ['a stream has its own', {}, { timeout: 7, stream_timeout: 9 }, true, { connect: 10, first_byte: 9, idle: 9 }],
    ['a stream without its own', {}, { timeout: 7 }, true, { connect: 10, first_byte: 7, idle: 7 }],
    [
      'a whole answer does not take the stream’s',
      {},
      { stream_timeout: 9 },
      false,
      { connect: 10, first_byte: 600, idle: 300 },
    ],
  ])('%s', (_what, config, instance, stream, expected) => {
    expect(limits(config, instance, stream)).toEqual(expected)
  })
})

test('a silent upstream is given up after them', async () => {
  const upstream = await startUpstream(() => {})
  const proxy = await startProxy({ instances: [{ base: upstream.origin }], config: { routing: { timeout: 0.1 } } })
  try {
    const response = await post(proxy.origin, '/v1/chat/completions', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(response.status).toBe(504)
    expect(await response.text()).toContain('within 0.1 s')
  } finally {
    await proxy.close()
    await upstream.close()
  }
})
