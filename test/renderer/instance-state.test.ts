import { describe, expect, test } from 'vitest'
import type { InstanceLive } from '../../shared/live.ts'
import { emptyDraft, pickRows, withPasted, withPicked } from '../../renderer/pages/models/instance-draft.ts'
import { compact, quotaOf, stateOf } from '../../renderer/pages/models/instance-state.ts'
import { instances } from './scripted-scene.ts'

const view = instances[0]!
const fares = (more: Partial<InstanceLive> = {}): InstanceLive => ({
  name: 'foundry-eastus2',
  condition: { state: 'ok' },
  quota: { usedTpm: 0, usedRpm: 0 },
  requests: 3,
  errors: 0,
  deployments: [],
  ...more,
})

describe('how an instance fares', () => {
  test.each([
    [fares(), 'dot', 'ok'],
    [fares({ requests: 0 }), 'dot off', 'not asked yet'],
    [undefined, 'dot off', 'not asked yet'],
    [
      fares({ condition: { state: 'resting', cause: 'throttled', until: 12_000 } }),
      'dot warn',
      'resting, 11.0 s left (429)',
    ],
    [fares({ condition: { state: 'half-open' } }), 'dot warn', 'trying again'],
    [
      fares({
        condition: { state: 'misconfigured', failure: { code: 'x', message: 'Refused.', fix: 'Copy it again.' } },
      }),
      'dot err',
      'misconfigured',
    ],
  ])('%#', (live, dot, word) => {
    expect(stateOf({ view, live, test: undefined, now: 1000 })).toMatchObject({ dot, word })
  })

  test('what is switched off says so before all else; a key that cannot be read is a mistake of the settings', () => {
    const off = { ...view, instance: { ...view.instance, enabled: false } }
    expect(stateOf({ view: off, live: fares(), test: undefined, now: 0 }).word).toBe('switched off')
    expect(stateOf({ view: instances[1]!, live: fares(), test: undefined, now: 0 })).toMatchObject({
      word: 'misconfigured',
      problem: { message: 'The keychain is locked.' },
    })
  })

  test('a test counts where nothing else is known', () => {
    const failed = { ok: false, request: '', ms: 1, message: 'No.' }
    expect(stateOf({ view, live: fares(), test: failed, now: 0 }).word).toBe('failing')
  })
})

describe('what is left of a minute', () => {
  test('of the limit that is configured', () => {
    const live = fares({ quota: { limitTpm: 240_000, usedTpm: 93_000, usedRpm: 4 } })
    expect(quotaOf(live, 'tokens', 0)).toMatchObject({ text: '147k of 240k', left: 147 / 240 })
    expect(quotaOf(live, 'requests', 0)).toMatchObject({ text: '4 used', left: undefined })
  })

  test('of the deployment with the least, as its upstream says; old words count for nothing', () => {
    const told = (remaining: number, seenAt: number): InstanceLive['deployments'][number] => ({
      ...fares(),
      deployment: `d${remaining}`,
      quota: { usedTpm: 0, usedRpm: 0, limitTpm: 1000, remainingTokens: remaining, seenAt },
    })
    const live = fares({ deployments: [told(900, 1000), told(100, 1000)] })
    expect(quotaOf(live, 'tokens', 2000)).toMatchObject({ text: '100 of 1,000', left: 0.1 })
    expect(quotaOf(live, 'tokens', 200_000)).toMatchObject({ text: 'not told', left: undefined })
  })

  test('figures stay short', () => {
    expect([999, 9999, 240_000, 2_500_000].map(compact)).toEqual(['999', '9,999', '240k', '2.5M'])
  })
})

describe('a form that is filled from elsewhere', () => {
  test('takes over what was read, keeps what was not named, and puts the key apart', () => {
    const draft = withPasted(
      { ...emptyDraft(), priority: '7' },
      {
        shown: '',
        parts: [],
        providerType: 'azure',
        apiBase: 'https://contoso.openai.azure.com',
        nameHint: 'contoso',
        deployment: 'prod-4o',
        model: 'gpt-4o',
        auth: 'key',
        key: 'secret-key',
      },
    )
    expect(draft).toMatchObject({ address: 'https://contoso.openai.azure.com', name: 'contoso', key: 'secret-key' })
    expect(draft.deployments).toEqual([{ model: 'gpt-4o', deployment: 'prod-4o' }])
    expect(draft.priority).toBe('7')
    const named = withPasted({ ...draft, name: 'mine', nameTouched: true }, { shown: '', parts: [], nameHint: 'other' })
    expect(named.name).toBe('mine')
  })

  test('serves the deployments that are ticked, under the names that are written', () => {
    const rows = pickRows(emptyDraft(), [
      { id: 'prod-4o', model: 'gpt-4o' },
      { id: 'gpt-5-mini', model: 'gpt-5-mini' },
      { id: 'old' },
    ])
    expect(rows.every(({ on }) => on)).toBe(true)
    const draft = withPicked(emptyDraft(), [{ ...rows[0]!, name: 'gpt-4o' }, rows[1]!, { ...rows[2]!, on: false }])
    expect(draft).toMatchObject({
      supportedModels: 'gpt-4o, gpt-5-mini',
      deployments: [{ model: 'gpt-4o', deployment: 'prod-4o' }],
      baseModels: { 'prod-4o': 'gpt-4o' },
      picked: true,
    })
    expect(pickRows(draft, [{ id: 'prod-4o' }, { id: 'old' }]).map(({ name, on }) => [name, on])).toEqual([
      ['gpt-4o', true],
      ['old', false],
    ])
  })
})
