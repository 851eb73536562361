import { expect, test } from 'vitest'
import { profileOf } from '../../electron/core/models/profiles.ts'
import { fitClaude } from '../../electron/proxy/fit-claude.ts'

const fit = (model: string, body: Record<string, unknown>): ReturnType<typeof fitClaude> =>
  fitClaude({ max_tokens: 4096, ...body }, profileOf(model))

test.each(['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-opus-4-1', 'claude-3-5-haiku'])(
  'an effort is taken from %s, which takes none, and declared; a schema beside it stays',
  (model) => {
    const format = { type: 'json_schema', schema: {} }
    expect(fit(model, { output_config: { effort: 'high' } })).toMatchObject({
      body: { max_tokens: 4096 },
      losses: [{ path: 'output_config.effort', kind: 'dropped' }],
    })
    expect(fit(model, { output_config: { effort: 'high' } }).body).not.toHaveProperty('output_config')
    expect(fit(model, { output_config: { effort: 'high', format } }).body['output_config']).toEqual({ format })
  },
)

test.each([
  ['claude-sonnet-4-5', { thinking: { type: 'enabled', budget_tokens: 2048 } }],
  ['claude-sonnet-4-5', { thinking: { type: 'disabled' } }],
])('of %s with %j, too', (model, thinking) => {
  const { body, losses } = fit(model, { ...thinking, output_config: { effort: 'low' } })
  expect(body).toEqual({ max_tokens: 4096, ...thinking })
  expect(losses.map(({ path }) => path)).toEqual(['output_config.effort'])
})

test.each([
  ['claude-opus-4-5', 'low'],
  ['claude-opus-4-6', 'max'],
  ['claude-opus-4-8', 'xhigh'],
  ['a-name-that-nobody-knows', 'xhigh'],
])('%s gets the effort %s as it is', (model, effort) => {
  const { body, losses } = fit(model, { output_config: { effort } })
  expect([body['output_config'], losses]).toEqual([{ effort }, []])
})

test.each([
  ['claude-opus-4-5', 'max', 'high'],
  ['claude-opus-4-6', 'xhigh', 'high'],
])('%s has no effort %s and gets %s', (model, asked, given) => {
  const { body, losses } = fit(model, { output_config: { effort: asked } })
  expect(body['output_config']).toEqual({ effort: given })
  expect(losses).toMatchObject([{ path: 'output_config.effort', kind: 'degraded' }])
})
