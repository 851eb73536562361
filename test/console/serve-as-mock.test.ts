import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { readBundle } from '../../shared/bundle.ts'
import { startUpstream, type ScriptedUpstream } from '../proxy/scripted-upstream.ts'
import { fine } from '../proxy/several-upstreams.ts'
import { startConsole, type TestConsole, type TestConsoleSetup } from './console-for-tests.ts'

const KEY = 'canary-key-0123456789abcdef'
const ASK = { model: 'gpt-4o', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] }

let upstream: ScriptedUpstream

beforeEach(async () => {
  upstream = await startUpstream(fine)
  return () => upstream.close()
})

/** With a real instance in the settings, as the window would have saved it. */
async function opened(setup: TestConsoleSetup = {}): Promise<TestConsole> {
  const one = await startConsole(setup)
  onTestFinished(() => one.close())
  const instance = { name: 'real', provider_type: 'azure' as const, api_base: upstream.origin }
  await one.console.instances.save({ instance, apiKey: KEY })
  return one
}

async function ask({ engine }: TestConsole, path = '/v1/chat/completions', body: object = ASK): Promise<Response> {
  const answer = await fetch(engine.baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.clone().text()
  await engine.journal.flush()
  return answer
}

async function askedOnce(one: TestConsole): Promise<string> {
  return (await ask(one)).headers.get('x-lazuli-exchange') ?? ''
}

test('a mock answers under the recorded names, offline and in any dialect, until it is removed', async () => {
  const one = await opened()
  const id = await askedOnce(one)
  const mock = await one.console.traffic.serveAsMock({ ids: [id], name: 'My mock' })
  expect(mock).toEqual({
    instance: 'My mock',
    file: join(one.folder, 'recordings', 'My mock.jsonl'),
    models: ['gpt-4o'],
    exchanges: 1,
  })
  expect(statSync(mock.file).mode & 0o777).toBe(0o600)
  expect(statSync(join(one.folder, 'recordings')).mode & 0o777).toBe(0o700)
  const text = readFileSync(mock.file, 'utf8')
  expect(text).not.toContain(KEY)
  expect(readBundle(text)).toHaveProperty('exchanges.length', 1)

  const played = await ask(one, '/v1/messages')
  expect(played.headers.get('x-lazuli-recording')).toBe(id)
  expect(played.headers.get('x-lazuli-instance')).toBe('My mock')
  expect(await played.json()).toMatchObject({ content: [{ text: 'Hello' }] })
  expect(upstream.received).toHaveLength(1)
  expect(await one.console.instances.test({ name: 'My mock' })).toMatchObject({
    ok: true,
    message: '1 of 1 recorded exchange can be played, of gpt-4o.',
  })
  // Other names go where they went.
  expect((await ask(one, undefined, { ...ASK, model: 'gpt-4.1' })).headers.get('x-lazuli-instance')).toBe('real')

  await one.console.instances.remove({ name: 'My mock' })
  expect((await ask(one)).headers.get('x-lazuli-instance')).toBe('real')
  expect(existsSync(mock.file)).toBe(true)
  const again = await one.console.traffic.serveAsMock({ ids: [id], name: 'My mock' })
  expect(again.file).toBe(join(one.folder, 'recordings', 'My mock-2.jsonl'))
})

test('where a rule would decide, one in front of it leads to the mock, and goes with it', async () => {
  const one = await opened()
  const rule = { model: 'gpt-*', instances: ['real'], api: 'auto' as const }
  await one.console.rules.save({ rules: [rule] })
  const id = await askedOnce(one)
  const { models } = await one.console.traffic.serveAsMock({ ids: [id], name: 'mock' })
  expect(models).toEqual(['gpt-4o'])
  expect((await one.console.rules.list()).rules.map(({ model }) => model)).toEqual(['gpt-4o', 'gpt-*'])
  expect((await ask(one)).headers.get('x-lazuli-instance')).toBe('mock')
  await one.console.instances.remove({ name: 'mock' })
  expect((await one.console.rules.list()).rules).toEqual([rule])
})

test('a name that is taken, and what cannot be played, are refused', async () => {
  const one = await opened()
  const id = await askedOnce(one)
  await expect(one.console.traffic.serveAsMock({ ids: [id], name: 'Real' })).rejects.toThrow(
    'There is an instance called Real already.',
  )
  await one.engine.configuration.changeSettings((settings) => ({ ...settings, journal: { bodies: false } }))
  const bare = await askedOnce(one)
  await expect(one.console.traffic.serveAsMock({ ids: [bare], name: 'mock' })).rejects.toThrow(
    'This exchange cannot be played again.',
  )
  expect(existsSync(join(one.folder, 'recordings'))).toBe(false)
})

test('a mock whose file is gone says so, and everything else works', async () => {
  const one = await opened()
  const id = await askedOnce(one)
  const { file } = await one.console.traffic.serveAsMock({ ids: [id], name: 'mock' })
  rmSync(file)
  await one.engine.configuration.reload()
  const answer = await ask(one)
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('does not exist')
  expect((await ask(one, undefined, { ...ASK, model: 'gpt-4.1' })).status).toBe(200)
})

test('the Models page shows a mock with its match and its speed, and not what it plays', async () => {
  const one = await opened()
  const id = await askedOnce(one)
  await one.console.traffic.serveAsMock({ ids: [id], name: 'mock', match: 'sequence', speed: 0 })
  const found = (await one.console.instances.list()).find(({ instance }) => instance.name === 'mock')
  expect(found?.instance).toMatchObject({ provider_type: 'recording', match: 'sequence', speed: 0 })
  expect(found?.instance).not.toHaveProperty('recorded')
})
