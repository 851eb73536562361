import { describe, expect, it } from 'vitest'
import { families, unknownModel } from '../../../electron/core/models/families.ts'
import { normaliseModelName, profileOf } from '../../../electron/core/models/profiles.ts'

describe('normaliseModelName', () => {
  it.each([
    ['gpt-4o', 'gpt-4o'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929[1m]', 'claude-sonnet-4-5'],
    ['claude-sonnet-4@20250514', 'claude-sonnet-4'],
    ['anthropic/claude-opus-5', 'claude-opus-5'],
    ['azure/openai/gpt-5-2025-08-07', 'gpt-5'],
    ['gpt-5-chat-latest', 'gpt-5-chat'],
    ['o1-preview', 'o1'],
    ['deepseek-r1:free', 'deepseek-r1'],
    ['DeepSeek-V3.2', 'DeepSeek-V3.2'],
    ['gpt-35-turbo-0613', 'gpt-35-turbo-0613'],
    [' gpt-4.1 ', 'gpt-4.1'],
    [':free', ':free'],
    ['azure/', 'azure/'],
    ['', ''],
  ])('%s is %s', (name, expected) => {
    expect(normaliseModelName(name)).toBe(expected)
  })
})

describe('profileOf', () => {
  it.each([
    ['gpt-4o-mini', 'gpt-4o'],
    ['GPT-4.1-nano', 'gpt-4.1'],
    ['gpt-4', 'gpt-4'],
    ['gpt-4-0613', 'gpt-4'],
    ['gpt-4-turbo-2024-04-09', 'gpt-4-turbo'],
    ['gpt-3.5-turbo', 'gpt-35'],
    ['gpt-35-turbo-16k', 'gpt-35'],
    ['gpt-5', 'gpt-5'],
    ['gpt-5-nano-2025-08-07', 'gpt-5'],
    ['gpt-5-chat-latest', 'gpt-5-chat'],
    ['gpt-5.2-chat', 'gpt-chat'],
    ['gpt-chat-latest', 'gpt-chat'],
    ['gpt-5-pro-2025-10-06', 'gpt-5-pro'],
    ['gpt-5.4-pro', 'gpt-5.x-pro'],
    ['gpt-5-codex', 'gpt-5-codex'],
    ['gpt-5.1-codex-mini', 'gpt-5-codex'],
    ['gpt-5.1-codex-max', 'gpt-5.x-codex'],
    ['gpt-5.3-codex', 'gpt-5.x-codex'],
    ['gpt-5.1', 'gpt-5.1'],
    ['gpt-5.2', 'gpt-5.2'],
    ['gpt-5.4-mini', 'gpt-5.4-small'],
    ['gpt-5.5', 'gpt-5.4'],
    ['gpt-5.6-sol', 'gpt-5.6'],
    ['gpt-5.10', 'gpt-5.6'],
    ['gpt-6', 'gpt-5.6'],
    ['o1', 'o-series'],
    ['o1-mini', 'o1-mini'],
    ['o3-mini', 'o3-mini'],
    ['o4-mini-2025-04-16', 'o-series'],
    ['o3-pro', 'o-series-pro'],
    ['o3-deep-research', 'deep-research'],
    ['codex-mini', 'codex-mini'],
    ['computer-use-preview', 'computer-use'],
    ['model-router', 'model-router'],
    ['gpt-oss-120b', 'gpt-oss'],
    ['DeepSeek-R1', 'deepseek'],
    ['claude-3-haiku-20240307', 'claude-3-haiku'],
    ['claude-3-7-sonnet-latest', 'claude-3.7'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-opus-4-1-20250805', 'claude-opus-4.1'],
    ['claude-opus-4-0', 'claude-opus-4'],
    ['claude-sonnet-4.5', 'claude-4.5'],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-4.5'],
    ['claude-opus-4-6', 'claude-4.6'],
    ['claude-opus-4-7', 'claude-opus-4.7'],
    ['claude-opus-5', 'claude-5'],
    ['claude-opus-5-5', 'claude-opus-5.5'],
    ['claude-sonnet-4-9', 'claude-5'],
    ['claude-tomorrow-9', 'claude-5'],
    ['my-deployment', 'unknown'],
    ['olmo', 'unknown'],
    ['', 'unknown'],
  ])('%s is of the family %s', (name, family) => {
    expect(profileOf(name).family).toBe(family)
  })

  it('restricts nothing where it knows nothing', () => {
    expect(unknownModel.apis).toEqual(['chat'])
    expect(unknownModel.rejects.size).toBe(0)
    expect(unknownModel.outputCap).toBeUndefined()
    expect(unknownModel.efforts).toHaveLength(7)
  })

  it('prefers Responses for the o-series only, and knows who does not speak Chat', () => {
    expect(profileOf('o3').apis).toEqual(['responses', 'chat'])
    expect(profileOf('gpt-5').apis).toEqual(['chat', 'responses'])
    expect(profileOf('gpt-5-codex').apis).toEqual(['responses'])
    expect(profileOf('claude-opus-5').apis).toEqual(['messages'])
  })

  it('knows which Claude thinks how', () => {
    expect(profileOf('claude-sonnet-4-5').thinking).toBe('budget')
    expect(profileOf('claude-sonnet-4-6')).toMatchObject({
      thinking: 'both',
      efforts: ['low', 'medium', 'high', 'max'],
    })
    expect(profileOf('claude-opus-4-8')).toMatchObject({ thinking: 'adaptive', midConversationSystem: true })
    expect(profileOf('claude-opus-5-5').thinkingOptional).toBe(false)
    expect(profileOf('claude-opus-5').rejects).toEqual(new Set(['temperature', 'top_p', 'top_k']))
  })

  it('knows the upper bounds of the output', () => {
    const caps = ['claude-3-haiku', 'claude-opus-4-1', 'claude-sonnet-4', 'claude-haiku-4-5', 'claude-opus-5', 'gpt-4o']
    expect(caps.map((name) => profileOf(name).outputCap)).toEqual([4096, 32_000, 64_000, 64_000, 128_000, 16_384])
  })

  it('has a date and a source for every row, and one row per family', () => {
    for (const row of families) {
      expect(row.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      expect(row.source).not.toBe('')
    }
    const names = families.map((row) => row.profile.family)
    expect(new Set(names).size).toBe(names.length)
  })
})
