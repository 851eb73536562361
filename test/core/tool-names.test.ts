import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HubRequest, Tool, Turn } from '../../electron/core/hub.ts'
import { sha256Hex } from '../../electron/core/sha256.ts'
import { fitToolName, nameTools } from '../../electron/core/tool-names.ts'

function requestWith(tools: Tool[], turns: Turn[] = []): HubRequest {
  return { model: 'm', dialect: 'messages', turns, tools, stream: false, includeUsage: true, extra: {} }
}

const longName = `mcp__a_server_with_a_long_name__${'x'.repeat(60)}`

test('a long name is cut to 55 characters, an underscore and eight hex digits of its hash', () => {
  expect(fitToolName(longName, 64)).toBe(`${longName.slice(0, 55)}_${sha256Hex(longName).slice(0, 8)}`)
  expect(fitToolName(longName, 128)).toBe(longName)
})

test('an illegal name becomes legal', () => {
  expect(fitToolName('files.read', 64)).toMatch(/^files_read_[0-9a-f]{8}$/)
})

test('tools, history calls and the choice get the same name, and the way back is known', () => {
  const naming = nameTools(
    requestWith(
      [{ type: 'function', name: longName }],
      [{ role: 'assistant', parts: [{ type: 'call', id: '1', name: longName, arguments: '{}' }] }],
    ),
    { maxLength: 64 },
  )
  const sent = naming.sent(longName)
  expect(sent).toHaveLength(64)
  expect(naming.sent(longName)).toBe(sent)
  expect([...naming.toolNames]).toEqual([[sent, longName]])
})

test('a namespace becomes part of the name, and equal names in two namespaces stay apart', () => {
  const naming = nameTools(
    requestWith([
      { type: 'function', name: 'search', namespace: 'mcp__docs__' },
      { type: 'function', name: 'search', namespace: 'mcp__mail' },
      { type: 'function', name: 'search' },
    ]),
    { maxLength: 128 },
  )
  expect(naming.sent('search', 'mcp__docs__')).toBe('mcp__docs__search')
  expect(naming.sent('search', 'mcp__mail')).toBe('mcp__mail__search')
  expect(naming.sent('search')).toBe('search')
  expect(naming.toolNames.get('mcp__mail__search')).toBe('search')
  expect(naming.namespaces.get('mcp__mail__search')).toBe('mcp__mail')
  expect(naming.namespaces.has('search')).toBe(false)
})

test('a choice that names a namespaced tool without its namespace finds it', () => {
  const naming = nameTools(requestWith([{ type: 'function', name: 'exec', namespace: 'shell' }]), { maxLength: 64 })
  expect(naming.sent('exec')).toBe('shell__exec')
})

test('an upstream that has namespaces keeps them', () => {
  const naming = nameTools(requestWith([{ type: 'function', name: 'exec', namespace: 'shell' }]), {
    maxLength: 64,
    keepNamespaces: true,
  })
  expect(naming.sent('exec', 'shell')).toBe('exec')
  expect(naming.namespaces.size).toBe(0)
})

test('a shortened name never takes the place of a genuine one', () => {
  const genuine = fitToolName(longName, 64)
  const naming = nameTools(
    requestWith([
      { type: 'function', name: longName },
      { type: 'function', name: genuine },
    ]),
    { maxLength: 64 },
  )
  expect(naming.sent(genuine)).toBe(genuine)
  expect(naming.sent(longName)).not.toBe(genuine)
})

test('any set of names is sent as legal, distinct names that lead back', () => {
  const names = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 90 }), { maxLength: 12 })
  fc.assert(
    fc.property(names, (all) => {
      const naming = nameTools(requestWith(all.map((name) => ({ type: 'function', name }))), { maxLength: 64 })
      const sent = all.map((name) => naming.sent(name))
      expect(new Set(sent).size).toBe(all.length)
      for (const [index, name] of sent.entries()) {
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
        expect(naming.toolNames.get(name) ?? name).toBe(all[index])
      }
    }),
  )
})
