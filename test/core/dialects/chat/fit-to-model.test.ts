import { describe, expect, it } from 'vitest'
import { fitToModel } from '../../../../electron/core/dialects/chat/fit-to-model.ts'
import { sealOpaque } from '../../../../electron/core/envelope.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'

const fit = (body: Record<string, unknown>, model: string): Record<string, unknown> =>
  fitToModel(body, profileOf(model), 'chat').body
const losses = (body: Record<string, unknown>, model: string): string[] =>
  fitToModel(body, profileOf(model), 'chat').losses.map(({ kind, path }) => `${kind} ${path}`)

const messages = [{ role: 'user', content: 'Hi' }]

describe('a Chat body fitted to its model', () => {
  it('is the very same object where nothing has to change', () => {
    const body = {
      model: 'm',
      messages,
      max_tokens: 5,
      temperature: 1,
      tools: [{}],
      parallel_tool_calls: true,
      x: null,
    }
    for (const model of ['gpt-4o', 'some-model'])
      expect(fitToModel(body, profileOf(model), 'chat')).toEqual({ body, losses: [] })
    expect(fit(body, 'gpt-4o')).toBe(body)
  })

  it('takes defaults off without a word where even they are refused', () => {
    const body = { messages, temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0, logprobs: false }
    expect(fit(body, 'gpt-5')).toEqual({ messages })
    expect(losses(body, 'gpt-5')).toEqual([])
    expect(losses({ messages, temperature: 0 }, 'gpt-5')).toEqual(['dropped temperature'])
  })

  it('never changes what it was given', () => {
    const body = Object.freeze({
      messages: Object.freeze([Object.freeze({ role: 'system', content: 'S' })]),
      max_tokens: 5,
      temperature: 1,
    })
    expect(fit(body, 'o1-mini')).toEqual({ messages: [{ role: 'user', content: 'S' }], max_completion_tokens: 5 })
  })

  it('names the output limit as a reasoning model wants it (opencode sends max_tokens even to gpt-5)', () => {
    expect(fit({ messages, max_tokens: 5 }, 'gpt-5')).toEqual({ messages, max_completion_tokens: 5 })
    expect(fit({ messages, max_tokens: 9, max_completion_tokens: 5 }, 'gpt-5')).toEqual({
      messages,
      max_completion_tokens: 5,
    })
    expect(fit({ messages, max_completion_tokens: 99_999 }, 'gpt-4o')).toEqual({
      messages,
      max_completion_tokens: 16_384,
    })
  })

  it('loses the sampling parameters that a reasoning model refuses, but tells nothing of a switch that is off', () => {
    const body = { messages, temperature: 0, logprobs: false, top_logprobs: 0, logit_bias: {} }
    expect(fit(body, 'o3')).toEqual({ messages })
    expect(losses(body, 'o3')).toEqual(['dropped temperature', 'dropped logit_bias'])
  })

  it('gets the nearest effort that the model has', () => {
    expect(fit({ messages, reasoning_effort: 'xhigh' }, 'gpt-5')).toEqual({ messages, reasoning_effort: 'high' })
    expect(losses({ messages, reasoning_effort: 'xhigh' }, 'gpt-5')).toEqual(['degraded reasoning_effort'])
    expect(fit({ messages, reasoning_effort: 'low' }, 'gpt-4o')).toEqual({ messages })
    expect(fit({ messages, reasoning_effort: 'low' }, 'grok-4')).toEqual({ messages, reasoning_effort: 'low' })
  })

  it('has one role for all instructions', () => {
    const both = [
      { role: 'system', content: 'a' },
      { role: 'developer', content: 'b' },
    ]
    const roles = (model: string, list: readonly object[] = both): unknown[] =>
      (fit({ messages: list }, model)['messages'] as { role: string }[]).map(({ role }) => role)
    expect(roles('gpt-5')).toEqual(['developer', 'developer'])
    expect(roles('gpt-4o')).toEqual(['system', 'system'])
    expect(roles('DeepSeek-V3', [{ role: 'developer', content: 'b' }])).toEqual(['system'])
    expect(roles('gpt-5', [{ role: 'system', content: 'a' }])).toEqual(['system'])
    expect(roles('some-model')).toEqual(['system', 'developer'])
  })

  it('loses choice and switches without tools, and an empty list', () => {
    expect(fit({ messages, tools: [], tool_choice: 'auto', parallel_tool_calls: false }, 'gpt-4o')).toEqual({
      messages,
    })
  })

  it('keeps tools and everything about them from models that take none', () => {
    expect(fit({ messages, tools: [{}], tool_choice: 'auto' }, 'o1-mini')).toEqual({ messages })
    expect(losses({ messages, tools: [{}] }, 'o1-mini')).toEqual(['dropped tools'])
  })

  it('loses earlier reasoning where nobody can read it', () => {
    const sealed = sealOpaque({ maker: 'anthropic', kind: 'signature', value: 's' })
    const thoughts = [
      { type: 'reasoning.text', signature: sealed, index: 0 },
      { type: 'reasoning.text', text: 't', index: 1 },
    ]
    const body = {
      messages: [{ role: 'assistant', content: 'A', reasoning_content: 'R', reasoning_details: thoughts }],
    }
    expect(fit(body, 'gpt-5')).toEqual({ messages: [{ role: 'assistant', content: 'A' }] })
    expect(fit(body, 'kimi-k2.6')).toEqual({
      messages: [{ role: 'assistant', content: 'A', reasoning_content: 'R', reasoning_details: [thoughts[1]] }],
    })
    expect(losses(body, 'gpt-5')).toEqual(['dropped messages.reasoning_content'])
  })
})
