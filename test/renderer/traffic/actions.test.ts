import { describe, expect, test } from 'vitest'
import { Fault } from '../../../shared/faults.ts'
import { redactedPaths } from '../../../shared/resend.ts'
import { jsonProblem } from '../../../renderer/pages/traffic/actions/json-problem.ts'
import { recordedCode } from '../../../renderer/pages/traffic/actions/recorded-call.ts'
import { idsBetween } from '../../../renderer/pages/traffic/actions/use-picking.ts'
import { draftOf, newRule, PRESETS, ruleOf } from '../../../renderer/pages/traffic/faults/fault-draft.ts'
import { ruleSentence } from '../../../renderer/pages/traffic/faults/fault-sentence.ts'
import { plainView } from '../../../renderer/pages/traffic/list/list-view.ts'
import { exchangeDetail } from '../scripted-exchange.ts'
import { exchangeRows } from '../scripted-scene.ts'

describe('a rule of faults as it is written', () => {
  test.each(PRESETS)('$label comes out as it went in', ({ fault }) => {
    const rule = { ...newRule('a', fault), client: 'curl', model: 'gpt-5*', probability: 0.125, keep: true }
    expect(ruleOf(draftOf(rule))).toEqual({ rule })
    expect(Fault.parse(fault)).toEqual(fault)
  })

  test('names of nothing match any', () => {
    const draft = draftOf(newRule('a', { kind: 'missing_end' }))
    expect(ruleOf({ ...draft, client: '  ', model: '' })).toEqual({ rule: newRule('a', { kind: 'missing_end' }) })
  })

  test('every figure that makes no sense is told at its field', () => {
    const draft = { ...draftOf(newRule('a', { kind: 'stall', at: 3, ms: 5 })), percent: '101', ms: '1.5', at: '-1' }
    expect(ruleOf(draft)).toMatchObject({
      errors: { percent: expect.any(String), ms: expect.any(String), at: expect.any(String) },
    })
    const refused = { ...draftOf(newRule('a', { kind: 'status', status: 429 })), retryAfter: 'soon' }
    expect(ruleOf(refused)).toMatchObject({ errors: { retryAfter: expect.any(String) } })
  })

  test('a rule reads as a sentence', () => {
    const rule = { ...newRule('a', { kind: 'cut', at: 3 } as const), client: 'curl', probability: 0.5 }
    expect(ruleSentence(rule)).toBe('curl, every model, 50 % of requests: breaks the connection before event 3')
  })
})

describe('a body that is written', () => {
  test('may be any object', () => {
    expect(jsonProblem('{ "model": "x" }')).toBeUndefined()
  })

  test.each(['', '[]', '"text"', 'null'])('is refused when it is no object: %s', (text) => {
    expect(jsonProblem(text)?.message).toBe('A body is a JSON object.')
  })

  test('is told where it breaks off', () => {
    const text = '{\n  "a": 1,\n  oops\n}'
    const problem = jsonProblem(text)
    expect(problem?.message).toMatch(/line 3, column 3/)
    expect(text.slice(problem?.at)).toMatch(/^oops/)
    expect(jsonProblem('{ "a":')?.at).toBe(6)
  })
})

describe('code of a recorded request', () => {
  const info = { baseUrl: 'http://127.0.0.1:11437', auth: 'token' } as const
  const detail = exchangeDetail(exchangeRows(20)[3]!)
  const withBody = (text: string, truncated = false): typeof detail => ({
    ...detail,
    requestBody: { text, bytes: text.length, truncated },
  })

  test('has the model of the path where the body has none, and no key', () => {
    const made = recordedCode(withBody('{"input":"Hi"}'), info, 'cURL')
    expect(made).toMatchObject({ code: expect.stringContaining(`"model": "${detail.summary.askedModel}"`) })
    expect(JSON.stringify(made)).toContain('$LAZULI_KEY')
  })

  test('is not made of half a body, nor of what is no conversation', () => {
    expect(recordedCode(withBody('{"model":"a"', true), info, 'cURL')).toHaveProperty('problem')
    expect(recordedCode(withBody('--boundary'), info, 'Python')).toHaveProperty('problem')
  })
})

test('a range of rows is the same from either end', () => {
  const rows = exchangeRows(10)
  const view = plainView({ rows, first: 0, more: false, version: 1, loaded: true })
  const ids = rows.slice(2, 6).map(({ id }) => id)
  expect(idsBetween(view, ids[0]!, ids[3]!)).toEqual(ids)
  expect(idsBetween(view, ids[3]!, ids[0]!)).toEqual(ids)
  expect(idsBetween(view, 'gone', ids[0]!)).toEqual([ids[0]])
})

test('hidden secrets are found by their path, and a few asterisks are none', () => {
  expect(redactedPaths({ a: [{ b: 'x ******** y' }], c: '**bold**', d: '[redacted]' })).toEqual(['a[0].b', 'd'])
  expect(redactedPaths(Array.from({ length: 50 }, () => '*'.repeat(20)))).toHaveLength(20)
})
