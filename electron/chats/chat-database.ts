/**
 * The Playground's chats in SQLite, one row per turn: adding a turn to a long chat writes that turn alone. Synchronous,
 * on the thread of the engine: it is used when a person sends, renames or searches, never by the proxy's traffic.
 */
import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Chat, ChatHead, type ChatSummary, ChatTurn } from '../../shared/playground.ts'
import { LazuliError } from '../core/error.ts'
import { excerptAround, searchable, textOfTurn } from './search-text.ts'

export interface ChatsOptions {
  /** Path of the file, or `:memory:` where nothing can be stored. */
  file: string
  /** Milliseconds since the epoch. */
  now: () => number
  newId: () => string
  /** Masks known secrets in what is stored. */
  clean: (text: string) => string
}

const SCHEMA_VERSION = 1
const SCHEMA = `
  create table chats (
    id text primary key,
    title text not null,
    updated_at integer not null,
    removed_at integer,
    head text not null
  ) without rowid;
  create table turns (
    chat text not null references chats (id) on delete cascade,
    id text not null,
    seq integer not null,
    words text not null,
    turn text not null,
    primary key (chat, id)
  );
  create index turns_in_order on turns (chat, seq);`

/** A removed chat can be brought back for so long. */
const UNDO_MS = 10 * 60 * 1000
const MOST_LISTED = 500

export class ChatDatabase {
  readonly #db: DatabaseSync
  readonly #options: ChatsOptions

  /** @throws SQLite's errors; LazuliError `chats_newer` for a file of a later version */
  constructor(options: ChatsOptions) {
    this.#options = options
    const { file } = options
    if (file !== ':memory:') {
      // SQLite gives its log the mode of the database.
      closeSync(openSync(file, 'a', 0o600))
      chmodSync(file, 0o600)
    }
    this.#db = new DatabaseSync(file, { timeout: 2000, enableForeignKeyConstraints: true })
    try {
      this.#db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma secure_delete = fast')
      this.#migrate(file)
      this.#purge()
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Newest first. `search`: every word must be in the title or in one turn; case is ignored. */
  list(search = ''): ChatSummary[] {
    this.#purge()
    const words = searchable(search).split(/\s+/).filter(Boolean)
    const rows = this.#all('select id, title, head from chats where removed_at is null order by updated_at desc, id')
    const found: ChatSummary[] = []
    for (const row of rows) {
      if (found.length === MOST_LISTED) break
      const hit = words.length === 0 ? {} : this.#find(String(row['id']), String(row['title']), words)
      if (hit !== undefined) found.push({ ...summaryOf(row['head']), ...hit })
    }
    return found
  }

  /** @throws LazuliError `chat_not_found` */
  get(id: string): Chat {
    const head = this.#head(id)
    const turns = this.#all('select turn from turns where chat = ? order by seq', id)
    return { head, turns: turns.map((row) => ChatTurn.parse(JSON.parse(String(row['turn'])))) }
  }

  /** Keeps the head, and adds or replaces these turns. A chat that was removed meanwhile comes back. */
  save({ head, turns }: Chat): ChatSummary {
    const { clean } = this.#options
    const kept = ChatHead.parse(JSON.parse(clean(JSON.stringify(head))))
    this.#transaction(() => {
      this.#run(
        `insert into chats (id, title, updated_at, head) values (?, ?, ?, ?)
         on conflict (id) do update set
           title = excluded.title, updated_at = excluded.updated_at, head = excluded.head, removed_at = null`,
        kept.id,
        kept.title,
        kept.updatedAt,
        JSON.stringify(kept),
      )
      for (const turn of turns) {
        const words = searchable(clean(textOfTurn(turn)))
        this.#run(
          `insert into turns (chat, id, seq, words, turn)
           values (?1, ?2, (select count(*) from turns where chat = ?1), ?3, ?4)
           on conflict (chat, id) do update set words = excluded.words, turn = excluded.turn`,
          kept.id,
          turn.id,
          words,
          clean(JSON.stringify(turn)),
        )
      }
    })
    return summaryOf(kept)
  }

  /** @throws LazuliError `chat_not_found` */
  rename(id: string, title: string): ChatSummary {
    const head = { ...this.#head(id), title: title.trim(), titledBy: 'user' as const }
    return this.save({ head, turns: [] })
  }

  /** A copy of all turns, under a title of its own. @throws LazuliError `chat_not_found` */
  duplicate(id: string): ChatSummary {
    const { head, turns } = this.get(id)
    const now = this.#options.now()
    const copy = { ...head, id: this.#options.newId(), title: `${head.title} (copy)`, createdAt: now, updatedAt: now }
    return this.save({ head: copy, turns })
  }

  remove(id: string): void {
    this.#run('update chats set removed_at = ? where id = ?', this.#options.now(), id)
  }

  /** @throws LazuliError `chat_not_found` when it was removed for good */
  restore(id: string): ChatSummary {
    this.#run('update chats set removed_at = null where id = ?', id)
    return summaryOf(this.#head(id))
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #head(id: string): ChatHead {
    const [row] = this.#all('select head from chats where id = ? and removed_at is null', id)
    if (row !== undefined) return ChatHead.parse(JSON.parse(String(row['head'])))
    throw new LazuliError({
      code: 'chat_not_found',
      status: 404,
      message: 'This chat is not kept (any more).',
      fix: 'It was deleted. Begin a new one.',
    })
  }

  /** Undefined: a word is missing. The excerpt is of the first turn that has them all. */
  #find(chat: string, title: string, words: readonly string[]): { excerpt?: string } | undefined {
    const name = searchable(title)
    if (words.every((word) => name.includes(word))) return {}
    const all = words.map(() => 'instr(words, ?) > 0').join(' and ')
    const [row] = this.#all(`select turn from turns where chat = ? and ${all} order by seq limit 1`, chat, ...words)
    if (row === undefined) return undefined
    return { excerpt: excerptAround(textOfTurn(ChatTurn.parse(JSON.parse(String(row['turn'])))), words[0] ?? '') }
  }

  #purge(): void {
    this.#run('delete from chats where removed_at < ?', this.#options.now() - UNDO_MS)
  }

  #migrate(file: string): void {
    const version = Number(this.#all('pragma user_version')[0]?.['user_version'])
    if (version > SCHEMA_VERSION) {
      throw new LazuliError({
        code: 'chats_newer',
        status: 500,
        message: `The chats in ${file} were written by a newer Lazuli.`,
        fix: 'Start that version, or move the file away.',
      })
    }
    if (version === 0) this.#transaction(() => this.#db.exec(`${SCHEMA} pragma user_version = ${SCHEMA_VERSION};`))
  }

  #all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#db.prepare(sql).all(...values)
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#db.prepare(sql).run(...values)
  }

  #transaction(write: () => void): void {
    this.#db.exec('begin immediate')
    try {
      write()
      this.#db.exec('commit')
    } catch (error) {
      this.#db.exec('rollback')
      throw error
    }
  }
}

function summaryOf(head: unknown): ChatSummary {
  const { id, title, updatedAt, lanes } =
    typeof head === 'string' ? ChatHead.parse(JSON.parse(head)) : ChatHead.parse(head)
  return { id, title, updatedAt, models: [...new Set(lanes.map((lane) => lane.model))] }
}
