import { describe, expect, test } from 'vitest'
import { takesOf } from '../../electron/console/model-takes.ts'
import { profileOf } from '../../electron/core/models/profiles.ts'
import { ModelTakes, type ModelFact } from '../../shared/model-facts.ts'

const fact = (feature: ModelFact['feature'], verdict: ModelFact['verdict']): ModelFact => ({
  feature,
  verdict,
  reason: 'Seen in a probe.',
  at: 1,
})

describe('what a deployment takes', () => {
  test('a reasoning model names what it refuses, with the reason, and its own efforts', () => {
    const takes = takesOf(profileOf('gpt-5'), 'chat', [])
    expect(takes).toMatchObject({ temperature: false, topP: false, stop: false, thinking: true, tools: true })
    expect(takes.efforts).toEqual(['minimal', 'low', 'medium', 'high'])
    expect(takes.refused.find(({ what }) => what === 'temperature')?.reason).toContain('think')
  })

  test('a plain model takes sampling and has no effort', () => {
    const takes = takesOf(profileOf('gpt-4.1'), 'chat', [])
    expect(takes).toMatchObject({ temperature: true, temperatureMax: 2, stop: true, seed: true, thinking: false })
    expect(takes.efforts).toEqual([])
    expect(takes.refused).toEqual([])
  })

  test('what only Chat has a field for is not offered where another API is spoken', () => {
    const claude = takesOf(profileOf('claude-sonnet-4-5'), 'messages', [])
    expect(claude).toMatchObject({ seed: false, presencePenalty: false, topK: true, stop: true, temperatureMax: 1 })
    expect(claude.temperatureOrTopP).toBe(true)
    expect(takesOf(profileOf('o3'), 'responses', [])).toMatchObject({ stop: false, seed: false })
  })

  test('a Claude that thinks by budget is offered words for it', () => {
    expect(takesOf(profileOf('claude-sonnet-4-5'), 'messages', []).efforts).toEqual([
      'none',
      'low',
      'medium',
      'high',
      'xhigh',
    ])
    expect(takesOf(profileOf('claude-opus-5-5'), 'messages', []).efforts).not.toContain('none')
  })

  test('what was found out wins over the family, both ways', () => {
    const refused = takesOf(profileOf('gpt-5'), 'chat', [fact('image', 'refused'), fact('thinking', 'unsupported')])
    expect(refused).toMatchObject({ images: false, thinking: false, efforts: [] })
    expect(refused.refused).toContainEqual({ what: 'images', reason: 'Seen in a probe.' })
    const works = takesOf(profileOf('deepseek-v4'), 'chat', [fact('image', 'works')])
    expect(works.images).toBe(true)
    expect(works.refused.some(({ what }) => what === 'images')).toBe(false)
  })

  test('every family gives a whole answer', () => {
    for (const model of ['gpt-5-pro', 'o1-mini', 'claude-opus-5', 'llama-4', 'nobody-knows', 'model-router'])
      expect(ModelTakes.safeParse(takesOf(profileOf(model), 'chat', [])).success).toBe(true)
  })
})
