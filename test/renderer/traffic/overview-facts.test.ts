import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Attempt, LaneEvent } from '../../../shared/exchange.ts'
import { filterVerdicts, verdictText } from '../../../renderer/pages/traffic/overview/filter-verdicts.ts'
import { quotaFacts, quotaText, retryAfter } from '../../../renderer/pages/traffic/overview/quota-facts.ts'
import { phasesOf } from '../../../renderer/pages/traffic/timing/phases.ts'
import { exchangeRows } from '../scripted-scene.ts'
import { exchangeDetail } from '../scripted-exchange.ts'
import { recordedLane } from '../scripted-scene.ts'

const whole = (file: string): LaneEvent[] => [
  { index: 0, atMs: 0, raw: readFileSync(new URL(`../../fixtures/${file}`, import.meta.url), 'utf8') },
]

describe('what the rate-limit headers say', () => {
  test('of Azure and OpenAI', () => {
    const facts = quotaFacts([
      ['X-RateLimit-Limit-Tokens', '240000'],
      ['x-ratelimit-remaining-tokens', '146400'],
      ['x-ratelimit-remaining-requests', '9'],
      ['x-ratelimit-reset-tokens', '23s'],
      ['x-ratelimit-limit-requests', ''],
    ])
    expect(facts).toEqual([
      { name: 'tokens', limit: 240_000, remaining: 146_400, reset: '23s' },
      { name: 'requests', remaining: 9 },
    ])
    expect(facts.map(quotaText)).toEqual(['146,400 of 240,000 (61 %)', '9'])
  })

  test('of Anthropic', () => {
    expect(
      quotaFacts([
        ['anthropic-ratelimit-input-tokens-limit', '80000'],
        ['anthropic-ratelimit-input-tokens-remaining', '0'],
      ]),
    ).toEqual([{ name: 'input tokens', limit: 80_000, remaining: 0 }])
  })

  test('how long to wait', () => {
    expect(retryAfter([['Retry-After', '11']])).toBe('11 s')
    expect(retryAfter([])).toBeUndefined()
  })
})

describe('what the content filter said', () => {
  test('a blocked category stands first and says its severity', () => {
    const [first, ...rest] = filterVerdicts(whole('chat__openllmetry__test_azure__test_chat_content_filtering__0.json'))
    expect(first).toEqual({ of: 'answer', category: 'hate', severity: 'high', filtered: true })
    expect(first && verdictText(first)).toBe('The answer was blocked: severity high.')
    expect(rest.every((verdict) => !verdict.filtered)).toBe(true)
  })

  test('in a stream of Chat, and in a whole answer of Responses', () => {
    const streamed = filterVerdicts(recordedLane('chat__openllmetry__test_azure__test_chat_streaming__0.sse', 0, 1))
    expect(new Set(streamed.map(({ of }) => of))).toEqual(new Set(['prompt', 'answer']))
    expect(streamed).toHaveLength(8)
    const responses = filterVerdicts(whole('responses__ai__azure-text.1.json'))
    expect(responses.find(({ category }) => category === 'jailbreak')).toEqual({
      of: 'prompt',
      category: 'jailbreak',
      detected: false,
      filtered: false,
    })
  })

  test('a prompt that was refused', () => {
    const raw =
      '{"error":{"code":"content_filter","innererror":{"content_filter_result":{"violence":{"filtered":true,"severity":"medium"},"hate":{"filtered":false,"severity":"safe"}}}}}'
    const [first] = filterVerdicts([{ index: 0, atMs: 0, raw }])
    expect(first && verdictText(first)).toBe('The prompt was blocked: severity medium.')
  })
})

describe('where the time went', () => {
  const [row] = exchangeRows(9).slice(8)
  const detail = row && exchangeDetail(row)

  test('the phases of all attempts follow each other without a hole', () => {
    if (!detail) throw new Error('no exchange')
    const phases = phasesOf(detail, 9_840).flatMap((group) => group.phases)
    expect(phases[0]?.fromMs).toBe(0)
    phases.slice(1).forEach((phase, index) => expect(phase.fromMs).toBe(phases[index]?.toMs))
    expect(phases.at(-1)?.toMs).toBe(9_840)
    expect(phases.map(({ kind }) => kind)).toEqual([
      'own',
      'wait',
      'first',
      'failed',
      'own',
      'wait',
      'first',
      'receive',
      'own',
    ])
  })

  test('a call that runs reaches to now', () => {
    if (!detail) throw new Error('no exchange')
    const {
      headersMs: _headers,
      firstByteMs: _first,
      endMs: _end,
      status: _status,
      ...running
    } = detail.attempts[1] as Attempt
    const { durationMs: _duration, ...summary } = detail.summary
    const phases = phasesOf({ ...detail, summary, attempts: [running] }, 700).flatMap((group) => group.phases)
    expect(phases.at(-1)).toMatchObject({ kind: 'running', toMs: 700 })
  })
})
