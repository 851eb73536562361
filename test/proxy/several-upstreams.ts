/** Several scripted upstreams behind one proxy, with a clock that only waits move. */
import type { ConfigInput } from '../../shared/config.ts'
import { post, startProxy } from './harness.ts'
import type { TestInstance, TestProxy, TestSetup } from './harness.ts'
import { json, startUpstream } from './scripted-upstream.ts'
import type { Script, ScriptedUpstream } from './scripted-upstream.ts'

export const PATH = '/v1/chat/completions'
export const ASK = { model: 'gpt-4o', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] }
export const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
}
export const fine = json(ANSWER)
export const failing = (status: number, headers: Record<string, string> = {}): Script =>
  json({ error: { message: `failed with ${status}`, type: 'x', param: null, code: String(status) } }, status, headers)

export interface Several {
  proxy: TestProxy
  upstreams: ScriptedUpstream[]
  /** Milliseconds of the proxy's clock, and the waits before its retries. */
  time: { now: number; waits: number[] }
  /** Requests that each upstream got. */
  counts(): number[]
  ask(more?: object): Promise<Response>
  close(): Promise<void>
}

/** Instances are named a, b, c … in the order of their scripts. */
export async function startSeveral(
  scripts: readonly Script[],
  routing: ConfigInput['routing'] = {},
  more: readonly TestInstance['more'][] = [],
  setup: Partial<TestSetup> = {},
): Promise<Several> {
  const upstreams = await Promise.all(scripts.map(startUpstream))
  const time: Several['time'] = { now: 1_000_000, waits: [] }
  const proxy = await startProxy({
    instances: upstreams.map(({ origin }, index) => ({ name: 'abc'[index]!, base: origin, more: more[index] ?? {} })),
    config: { routing },
    time: {
      monotonic: () => time.now,
      random: () => 0,
      sleep: (ms) => {
        time.waits.push(ms)
        time.now += ms
        return Promise.resolve()
      },
    },
    ...setup,
  })
  return {
    proxy,
    upstreams,
    time,
    counts: () => upstreams.map(({ received }) => received.length),
    ask: (body = {}) => post(proxy.origin, PATH, { ...ASK, ...body }),
    async close() {
      await proxy.close()
      await Promise.all(upstreams.map((upstream) => upstream.close()))
    },
  }
}
