import { describe, expect, test } from 'vitest'
import type { Rule } from '../../shared/config.ts'
import { draftOf, emptyDraft, instanceOf } from '../../renderer/pages/models/instance-draft.ts'
import { changed, historyOf, moved, redone, undone } from '../../renderer/pages/models/rule-history.ts'
import { instances, rules } from './scripted-scene.ts'

describe('an instance in the form', () => {
  const filled = { ...emptyDraft(), address: 'contoso.openai.azure.com', name: 'contoso', key: 'secret' }

  test('a host without a scheme is an https address, and the key is handed over apart', () => {
    const checked = instanceOf(filled, [])
    expect(checked).toMatchObject({
      ok: true,
      apiKey: 'secret',
      instance: { name: 'contoso', api_base: 'https://contoso.openai.azure.com', auth: 'key', priority: 100 },
    })
    expect(JSON.stringify(checked.ok && checked.instance)).not.toContain('secret')
  })

  test('an empty form says what is missing, field by field', () => {
    const checked = instanceOf(emptyDraft(), [])
    expect(checked.ok ? [] : Object.keys(checked.errors).toSorted()).toEqual(['address', 'key', 'name'])
  })

  test.each([
    [{ priority: 'first' }, 'priority'],
    [{ apiVersion: 'yesterday' }, 'apiVersion'],
    [{ name: '/etc' }, 'name'],
    [{ name: 'TAKEN' }, 'name'],
    [{ deployments: [{ model: 'a', deployment: '' }] }, 'deployments'],
  ])('%j is refused at its field', (change, field) => {
    const checked = instanceOf({ ...filled, ...change }, ['taken'])
    expect(checked.ok ? [] : Object.keys(checked.errors)).toEqual([field])
  })

  test('an edit without a new key leaves the stored one; passthrough removes it', () => {
    const [view] = instances
    if (!view) throw new Error('the scene has an instance')
    const draft = draftOf(view.instance)
    expect(instanceOf(draft, [], view.instance)).toMatchObject({ ok: true, apiKey: undefined })
    expect(instanceOf({ ...draft, auth: 'passthrough' }, [], view.instance)).toMatchObject({ ok: true, apiKey: null })
  })

  test('an identity needs no key, removes a stored one, and keeps what the form does not show of it', () => {
    const checked = instanceOf({ ...filled, key: '', auth: 'entra', credential: 'cli' }, [])
    expect(checked).toMatchObject({ ok: true, apiKey: null, instance: { auth: 'entra', entra: { credential: 'cli' } } })
    const before = {
      ...(checked.ok ? checked.instance : undefined)!,
      entra: { credential: 'cli' as const, tenant_id: 't' },
    }
    const draft = draftOf(before)
    expect(draft).toMatchObject({ auth: 'entra', credential: 'cli' })
    expect(instanceOf({ ...draft, credential: 'default' }, [], before)).toMatchObject({
      instance: { entra: { credential: 'default', tenant_id: 't' } },
    })
    const keyed = instanceOf({ ...draft, auth: 'key', key: 'new' }, [], before)
    expect(keyed.ok && keyed.instance).not.toHaveProperty('entra')
  })

  test('a recording has its bundle, when a request is one of it, and its speed; other kinds have none of these', () => {
    const recording = { ...emptyDraft(), type: 'recording' as const, address: ' calls.jsonl ', name: 'played' }
    const checked = instanceOf({ ...recording, match: 'sequence', speed: '0' }, [])
    expect(checked).toMatchObject({
      ok: true,
      apiKey: undefined,
      instance: { provider_type: 'recording', recording: 'calls.jsonl', match: 'sequence', speed: 0 },
    })
    if (!checked.ok) throw new Error('refused')
    // The configuration refuses a way to sign in without its key.
    expect(checked.instance).not.toHaveProperty('auth')
    const draft = draftOf({ ...checked.instance, speed: 2.5 })
    expect(draft).toMatchObject({ address: 'calls.jsonl', match: 'sequence', speed: '2.5' })
    expect(instanceOf(draft, [], checked.instance)).toMatchObject({ instance: { speed: 2.5 } })
    const turned = instanceOf({ ...draft, type: 'simulator', auth: 'entra' }, [], { ...checked.instance, auth: 'key' })
    for (const key of ['recording', 'match', 'speed', 'auth', 'entra'])
      expect(turned.ok && turned.instance).not.toHaveProperty(key)
  })

  test('what the form does not show is kept', () => {
    const before = {
      ...(instances[1]?.instance as (typeof instances)[0]['instance']),
      weight: 7,
      base_models: { a: 'gpt-5' },
    }
    const checked = instanceOf({ ...draftOf(before), supportedModels: 'x, y\nz' }, [], before)
    expect(checked).toMatchObject({
      ok: true,
      instance: { weight: 7, base_models: { a: 'gpt-5' }, supported_models: ['x', 'y', 'z'] },
    })
    const emptied = instanceOf({ ...draftOf(before), supportedModels: '' }, [], before)
    expect(emptied.ok && emptied.instance).not.toHaveProperty('supported_models')
  })

  test('a gateway takes any version, and says into how many slices', () => {
    const gateway = { ...filled, type: 'azure-gateway' as const, apiVersion: 'any at all', slices: '4' }
    const checked = instanceOf(gateway, [])
    expect(checked).toMatchObject({
      ok: true,
      instance: { provider_type: 'azure-gateway', api_version: 'any at all', pseudo_sse_chunks: 4 },
    })
    const plain = instanceOf({ ...gateway, slices: '' }, [], checked.ok ? checked.instance : undefined)
    expect(plain.ok && plain.instance).not.toHaveProperty('pseudo_sse_chunks')
    expect(instanceOf({ ...gateway, slices: '0' }, [])).toMatchObject({
      ok: false,
      errors: { slices: expect.stringContaining('1') },
    })
    expect(instanceOf({ ...gateway, type: 'azure' }, [])).toMatchObject({
      ok: false,
      errors: { apiVersion: expect.stringContaining('date') },
    })
  })
})

describe('the mapping and its past', () => {
  test('every change can be taken back and made again', () => {
    const start = historyOf(rules)
    const after = changed(changed(start, 'moved rule 1', moved(rules, 0, 1)), 'removed rule 4', rules.slice(0, 3))
    expect(undone(undone(after)).rules).toEqual(rules)
    expect(redone(redone(undone(undone(after)))).rules).toEqual(after.rules)
    expect(undone(after).future.at(-1)?.what).toBe('removed rule 4')
    expect(undone(start)).toBe(start)
    expect(redone(start)).toBe(start)
  })

  test('a new change ends what could be made again', () => {
    const back = undone(changed(historyOf(rules), 'removed rule 1', rules.slice(1)))
    expect(changed(back, 'removed rule 2', rules.slice(0, 1)).future).toEqual([])
  })

  test('the first rule does not move up, the last not down', () => {
    expect(moved(rules, 0, -1)).toBe(rules)
    expect(moved(rules, rules.length - 1, rules.length)).toBe(rules)
    expect(
      moved(rules, 0, 1)
        .map((rule: Rule) => rule.model)
        .slice(0, 2),
    ).toEqual(['claude-sonnet-*', 'gpt-5*'])
  })
})
