/**
 * Every recording through every client API: what the official SDK assembles through the proxy is what the upstream's own
 * SDK assembles from the recording, however its bytes arrive.
 */
import { RateLimitError as ClaudeRateLimitError } from '@anthropic-ai/sdk'
import { RateLimitError } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DialectId } from '../../shared/exchange.ts'
import { ask, straight, throughProxy } from './ask.ts'
import type { Question } from './ask.ts'
import { startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { randomCuts, randomSource, recordings } from './recordings.ts'
import type { Recording } from './recordings.ts'
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
/** Tools that the recordings call. */
const TOOLS = [
  'get_current_weather',
  'get_weather',
  'updateIssueList',
  'get_albert_weather',
  'calculator',
  'weather',
  'retrieve_entity_info',
]
const CUSTOM_TOOLS = ['write_sql']

let played: Recording
let cuts: (length: number) => number[]
let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  upstream = await startUpstream((play) =>
    played.name.endsWith('.json')
      ? json(played.bytes, isErrorBody(played) ? 429 : 200)(play)
      : stream(played.bytes, cuts(played.bytes.length))(play),
  )
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const question = (dialect: DialectId, wantsStream: boolean): Question => ({
  model: MODELS[dialect],
  tools: TOOLS,
  customTools: dialect === 'responses' ? CUSTOM_TOOLS : [],
  stream: wantsStream,
})
const isErrorBody = ({ name }: Recording): boolean => name.endsWith('openai-error.1.json')
const isError = ({ name }: Recording): boolean => name.includes('openai-error')
const all = CLIENTS.flatMap((dialect) => recordings(dialect, 'sse').concat(recordings(dialect, 'json')))
const answers = all.filter((recording) => !isError(recording))

/** How the bytes of a stream may come: the recording with these line ends, cut at these places. */
const ARRIVALS: Readonly<
  Record<string, { lines: (bytes: Buffer) => Buffer; cuts: (length: number, random: () => number) => number[] }>
> = {
  'whole, CRLF': { lines: toCrlf, cuts: () => [] },
  'in random pieces, LF': { lines: toLf, cuts: (length, random) => randomCuts(length, 40, random) },
  'in random pieces, CRLF': { lines: toCrlf, cuts: (length, random) => randomCuts(length, 40, random) },
  'byte by byte, LF': { lines: toLf, cuts: (length) => everyByte(length) },
  'byte by byte, CRLF': { lines: toCrlf, cuts: (length) => everyByte(length) },
}

function toLf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}

function toCrlf(bytes: Buffer): Buffer {
  return Buffer.from(toLf(bytes).toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}

/** Of a long stream only the ends come byte by byte: each read is a turn of the loop. */
function everyByte(length: number): number[] {
  const most = 800
  return Array.from({ length }, (_, at) => at).filter((at) => at < most || at > length - most)
}

/**
 * The same but for ids that another API would not take, and for seals: OpenAI writes another one of the same reasoning
 * into each event, and any of them will do.
 */
function comparable(said: Said, recording: Recording): unknown {
  const text = recording.bytes.toString()
  return {
    ...said,
    seals: said.seals.map((seal) => (text.includes(JSON.stringify(seal).slice(1, -1)) ? 'intact' : seal)),
    calls: said.calls.map((call) => ({ ...call, id: isLegalEverywhere(call.id) ? call.id : 'new' })),
  }
}

async function native(recording: Recording): Promise<Said> {
  played = recording
  cuts = () => []
  const isStream = recording.name.endsWith('.sse')
  return ask(recording.dialect, straight(upstream.origin), question(recording.dialect, isStream))
}

describe.each(answers)('$name', (recording) => {
  test.each(CLIENTS)('says the same to a client of %s, streamed and whole, however it arrives', async (client) => {
    const expected = comparable(await native(recording), recording)
    const random = randomSource(20_261_123)
    const isStream = recording.name.endsWith('.sse')
    for (const [name, arrival] of isStream
      ? Object.entries(ARRIVALS)
      : [['whole', ARRIVALS['whole, CRLF']!] as const]) {
      played = isStream ? { ...recording, bytes: arrival.lines(recording.bytes) } : recording
      cuts = (length) => arrival.cuts(length, random)
      for (const wantsStream of [true, false]) {
        // Upstreams stream where it was asked for; the reverse is what some gateways do.
        if (client === recording.dialect && wantsStream !== isStream) continue
        if (!wantsStream && isStream && name.startsWith('byte')) continue
        const said = await ask(client, throughProxy(proxy.origin), question(recording.dialect, wantsStream))
        expect(comparable(said, recording), `${name}, ${wantsStream ? 'streamed' : 'whole'}`).toEqual(expected)
      }
    }
    await Promise.all(proxy.tap.exchanges.map(({ ended }) => ended))
    expect(new Set(proxy.tap.exchanges.map(({ ends }) => ends[0]?.state))).toEqual(new Set(['done']))
  })
})

describe.each(all.filter(isError))('$name', (recording) => {
  test.each(CLIENTS)('is an exception of the SDK of %s, with its status', async (client) => {
    played = recording
    cuts = (length) => randomCuts(length, 40, randomSource(7))
    for (const wantsStream of [true, false]) {
      const asked = ask(client, throughProxy(proxy.origin), question(recording.dialect, wantsStream))
      await expect(asked).rejects.toBeInstanceOf(client === 'messages' ? ClaudeRateLimitError : RateLimitError)
      await expect(asked).rejects.toThrow('You exceeded your current quota')
    }
  })
})
