import { afterEach, beforeEach, expect, test } from 'vitest'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Chat } from '../../shared/playground.ts'
import { startConsole, type TestConsole } from './console-for-tests.ts'

let lazuli: TestConsole

beforeEach(async () => {
  lazuli = await startConsole({ flags: { server: { port: 0, auth: 'token', token: 'lz-canary-0123456789' } } })
})
afterEach(() => lazuli.close())

const chat = (text: string): Chat => ({
  head: {
    id: 'c1',
    title: 'A chat',
    titledBy: 'auto',
    createdAt: 1,
    updatedAt: 1,
    settings: { system: '', variables: {}, tools: [] },
    lanes: [{ id: 'l1', model: 'gpt-5.1', parameters: {}, leaf: 't1' }],
  },
  turns: [{ id: 't1', role: 'user', at: 1, text, attachments: [] }],
})

test('chats are kept in a file that only the user can read, without a key that the configuration knows', async () => {
  await lazuli.console.chats.save(chat('my key is lz-canary-0123456789, is it safe?'))
  const kept = await lazuli.console.chats.get({ id: 'c1' })
  expect(kept.turns[0]).toMatchObject({ text: 'my key is [redacted], is it safe?' })
  expect(statSync(join(lazuli.folder, 'chats.db')).mode & 0o777).toBe(0o600)
})

test('a chat is listed, found, renamed, copied, deleted and brought back', async () => {
  const { chats } = lazuli.console
  await chats.save(chat('The Quick brown fox'))
  expect(await chats.list({ search: 'quick FOX' })).toMatchObject([{ id: 'c1', excerpt: 'The Quick brown fox' }])
  expect(await chats.list({ search: 'wolf' })).toEqual([])
  await chats.rename({ id: 'c1', title: 'Foxes' })
  const copy = await chats.duplicate({ id: 'c1' })
  expect(copy.title).toBe('Foxes (copy)')
  expect((await chats.get({ id: copy.id })).turns).toHaveLength(1)
  await chats.remove({ id: 'c1' })
  expect((await chats.list({})).map(({ id }) => id)).toEqual([copy.id])
  await expect(chats.get({ id: 'c1' })).rejects.toMatchObject({ data: { code: 'chat_not_found' } })
  await chats.restore({ id: 'c1' })
  expect(await chats.list({})).toHaveLength(2)
})
