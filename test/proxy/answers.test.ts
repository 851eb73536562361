/** What models answer beyond plain text, through every client API: the careful reader is the upstream's own SDK. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId } from '../../shared/exchange.ts'
import type { AnswerBody, Case } from './answer-bodies.ts'
import { chatCases } from './answer-cases-chat.ts'
import { messagesCases } from './answer-cases-messages.ts'
import { responsesCases } from './answer-cases-responses.ts'
import { ask, straight, throughProxy } from './ask.ts'
import type { Question } from './ask.ts'
import { startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { randomCuts, randomSource } from './recordings.ts'
import { isLegalEverywhere } from './said.ts'
import type { Said } from './said.ts'
import { json, startUpstream, stream } from './scripted-upstream.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'

const CLIENTS: readonly DialectId[] = ['chat', 'responses', 'messages']
/** Models that are asked in one API only, whoever asks. */
const MODELS: Readonly<Record<DialectId, string>> = {
  chat: 'deepseek-v3',
  responses: 'gpt-5-codex',
  messages: 'claude-sonnet-4-6',
}

const bodies = (dialect: DialectId, cases: readonly Case[]): AnswerBody[] =>
  cases.map(([name, body, elsewhere]) => ({ name, dialect, body, elsewhere }))
const answerCases = [
  ...bodies('chat', chatCases),
  ...bodies('responses', responsesCases),
  ...bodies('messages', messagesCases),
]

let played: AnswerBody
let upstream: ScriptedUpstream
let proxy: TestProxy
const random = randomSource(20_261_124)

beforeAll(async () => {
  upstream = await startUpstream((play) => {
    if (typeof played.body !== 'string') return json(played.body)(play)
    const bytes = Buffer.from(played.body)
    return stream(bytes, randomCuts(bytes.length, 20, random))(play)
  })
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterAll(async () => {
  await proxy.close()
  await upstream.close()
})

const question = ({ dialect }: AnswerBody, wantsStream: boolean): Question => ({
  model: MODELS[dialect],
  tools: ['read', 'write'],
  customTools: dialect === 'responses' ? ['patch'] : [],
  stream: wantsStream,
})

/** Ids that another API would not take are new; of a call that broke off the SDKs make up different inputs. */
function comparable(said: Said, { elsewhere }: AnswerBody): unknown {
  const isCut = elsewhere?.['calls'] === 'cut'
  const calls = said.calls.map((call) => ({
    ...call,
    // A legal id made of an illegal one ends with a hash, one for a call that had none is random.
    id: isLegalEverywhere(call.id) && !/_(?:[0-9a-f]{8}|[0-9a-f]{24})$/.test(call.id) ? call.id : 'new',
    input: isCut ? 'cut' : call.input,
  }))
  return { ...said, calls }
}

describe.each(answerCases)('$dialect: $name', (answer) => {
  test.each(CLIENTS)('reads the same in %s', async (client) => {
    played = answer
    const isStream = typeof answer.body === 'string'
    const native = await ask(answer.dialect, straight(upstream.origin), question(answer, isStream))
    const { calls, ...elsewhere } = answer.elsewhere ?? {}
    const expected: Said = client === answer.dialect ? native : { ...native, ...elsewhere }
    if (Array.isArray(calls)) expected.calls = calls as Said['calls']
    for (const wantsStream of [true, false]) {
      if (client === answer.dialect && wantsStream !== isStream) continue
      const said = await ask(client, throughProxy(proxy.origin), question(answer, wantsStream))
      const same = client === answer.dialect ? native : expected
      expect(comparable(said, answer), wantsStream ? 'streamed' : 'whole').toEqual(comparable(same, answer))
    }
  })
})
