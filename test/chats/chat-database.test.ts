import { mkdtempSync, rmSync, writeFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ChatDatabase } from '../../electron/chats/chat-database.ts'
import { openChats } from '../../electron/chats/open-chats.ts'
import type { Chat, ChatTurn } from '../../shared/playground.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const same = (text: string): string => text

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'chats-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function database(file = ':memory:', now: () => number = () => 1_000): ChatDatabase {
  let ids = 0
  const chats = new ChatDatabase({ file, now, newId: () => `new-${(ids += 1)}`, clean: same })
  onTestFinished(() => chats.close())
  return chats
}

const question = (id: string, text: string, parent?: string): ChatTurn => ({
  id,
  role: 'user',
  at: 1,
  text,
  attachments: [],
  ...(parent === undefined ? {} : { parent }),
})

function chat(id: string, updatedAt: number, ...turns: ChatTurn[]): Chat {
  return {
    head: {
      id,
      title: `Chat ${id}`,
      titledBy: 'auto',
      createdAt: 1,
      updatedAt,
      settings: { system: 'Be brief', variables: { a: 'b' }, tools: [] },
      lanes: [{ id: 'l', model: 'gpt-5.1', parameters: { temperature: 0.2 }, leaf: turns.at(-1)?.id ?? '' }],
    },
    turns,
  }
}

describe('the database of chats', () => {
  test('a chat comes back as it was, its turns in the order in which they were made', () => {
    const chats = database()
    const first = chat('a', 5, question('1', 'one'), question('2', 'two', '1'))
    chats.save(first)
    chats.save(chat('a', 6, question('0', 'zero', '2')))
    expect(chats.get('a').turns.map(({ id }) => id)).toEqual(['1', '2', '0'])
    chats.save(chat('a', 7, question('2', 'two, better', '1')))
    const { head, turns } = chats.get('a')
    expect(turns.map((turn) => (turn.role === 'user' ? turn.text : ''))).toEqual(['one', 'two, better', 'zero'])
    expect(head.updatedAt).toBe(7)
  })

  test('the newest is listed first; a search needs every word, in any case, in the title or one turn', () => {
    const chats = database()
    chats.save(chat('a', 1, question('1', 'Straße nach Évora')))
    chats.save(chat('b', 2, question('1', 'The relay'), question('2', 'retries twice', '1')))
    expect(chats.list().map(({ id }) => id)).toEqual(['b', 'a'])
    expect(chats.list('ÉVORA straße').map(({ id }) => id)).toEqual(['a'])
    expect(chats.list('relay twice')).toEqual([])
    expect(chats.list('CHAT b')).toMatchObject([{ id: 'b' }])
    expect(chats.list('100%_')).toEqual([])
  })

  test('what was deleted can be brought back for ten minutes, then its words are gone', () => {
    let now = 0
    const chats = database(':memory:', () => now)
    chats.save(chat('a', 1, question('1', 'secret plan')))
    chats.remove('a')
    expect(chats.list()).toEqual([])
    now = 9 * 60_000
    expect(chats.restore('a')).toMatchObject({ id: 'a' })
    chats.remove('a')
    now += 11 * 60_000
    expect(chats.list()).toEqual([])
    expect(() => chats.restore('a')).toThrow(/not kept/)
  })

  test('everything is there after a restart', () => {
    const file = join(folder(), 'chats.db')
    const before = database(file)
    before.save(chat('a', 1, question('1', 'one')))
    before.close()
    expect(database(file).get('a').turns).toHaveLength(1)
  })

  test('a file that is no database is set aside and a new one begun', () => {
    const path = folder()
    writeFileSync(join(path, 'chats.db'), 'this is no database, whatever its name says'.repeat(50))
    const chats = openChats({ folder: path, clean: same, log: silent })
    onTestFinished(() => chats.close())
    expect(chats.list()).toEqual([])
    expect(readdirSync(path).some((name) => name.startsWith('chats.damaged-'))).toBe(true)
  })

  test('a file of a later version is left alone', () => {
    const path = folder()
    const later = new DatabaseSync(join(path, 'chats.db'))
    later.exec('pragma user_version = 99')
    later.close()
    expect(() => openChats({ folder: path, clean: same, log: silent })).toThrow(/newer Lazuli/)
  })

  test('without a folder chats last until the program ends', () => {
    const chats = openChats({ folder: undefined, clean: same, log: silent })
    onTestFinished(() => chats.close())
    chats.save(chat('a', 1, question('1', 'one')))
    expect(chats.list()).toHaveLength(1)
  })
})
