import { describe, expect, it } from 'vitest'
import { fitToModel } from '../../../../electron/core/dialects/responses/fit-to-model.ts'
import { sealOpaque } from '../../../../electron/core/envelope.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'

function fit(body: Record<string, unknown>, model = 'gpt-5'): { body: unknown; losses: string[] } {
  const fitted = fitToModel(body, profileOf(model), 'responses')
  return { body: fitted.body, losses: fitted.losses.map((loss) => `${loss.kind} ${loss.path}`) }
}

describe("a Responses client's body", () => {
  it('is the same object where nothing has to change', () => {
    const body = { input: [], reasoning: { effort: 'high', summary: 'auto' }, max_output_tokens: 100, store: true }
    expect(fitToModel(body, profileOf('gpt-5'), 'responses').body).toBe(body)
    expect(fit({ temperature: 0.5, top_p: 1 }, 'gpt-4o').losses).toEqual([])
  })

  it('loses sampling that the model refuses', () => {
    expect(
      fit({ temperature: 0, top_p: 0.9, top_logprobs: 2, include: ['message.output_text.logprobs', 'x'] }),
    ).toEqual({
      body: { include: ['x'] },
      losses: ['dropped temperature', 'dropped top_p', 'dropped top_logprobs'],
    })
    expect(fit({ temperature: 0, reasoning: { effort: 'none' } }, 'gpt-5.1').losses).toEqual([])
  })

  it('loses the defaults of sampling without a word', () => {
    expect(fit({ temperature: 1, top_p: 1 })).toEqual({ body: {}, losses: [] })
  })

  it('gets an effort that the model has, and none where it does not reason', () => {
    expect(fit({ reasoning: { effort: 'xhigh', summary: 'auto' } })).toEqual({
      body: { reasoning: { effort: 'high', summary: 'auto' } },
      losses: ['degraded reasoning.effort'],
    })
    expect(fit({ reasoning: { effort: 'low' } }, 'gpt-4o')).toEqual({ body: {}, losses: ['dropped reasoning.effort'] })
    expect(fit({ reasoning: { effort: null } }, 'gpt-4o')).toEqual({ body: {}, losses: [] })
  })

  it('has its output limit clamped', () => {
    expect(fit({ max_output_tokens: 1 })).toEqual({
      body: { max_output_tokens: 16 },
      losses: ['degraded max_output_tokens'],
    })
    expect(fit({ max_output_tokens: 200_000 }).body).toEqual({ max_output_tokens: 128_000 })
  })

  it('loses thoughts of another maker that came to it in an envelope', () => {
    const theirs = {
      type: 'reasoning',
      encrypted_content: sealOpaque({ maker: 'anthropic', kind: 'signature', value: 's' }),
    }
    const native = { type: 'reasoning', encrypted_content: 'gAAA' }
    expect(fit({ input: [theirs, native] })).toEqual({ body: { input: [native] }, losses: ['dropped input.reasoning'] })
  })

  it('does not name parallel calls to models that know only one', () => {
    expect(fit({ parallel_tool_calls: true }, 'o3')).toEqual({ body: {}, losses: [] })
    expect(fit({ parallel_tool_calls: true, reasoning: { effort: 'minimal' } }).losses).toEqual([
      'degraded parallel_tool_calls',
    ])
  })
})
