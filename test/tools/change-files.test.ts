import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LocalTools } from '../../electron/tools/local-tools.ts'
import * as files from './settings-files.ts'
import { KEY, MODELS, stage } from './stage.ts'

const CLAUDE = '.claude/settings.json'
const read = (file: string): string => readFileSync(file, 'utf8')
const copies = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.bak'))

test('a copy with the day and time stands beside the file, as the file was, with its mode', async () => {
  const { tools, home, put } = stage()
  const file = put(CLAUDE, files.CLAUDE_CODE)
  chmodSync(file, 0o640)
  const { done } = await tools.apply('claude-code', {}, (await tools.plan('claude-code')).fingerprint)
  const [copy] = copies(join(home, '.claude'))
  expect(copy).toMatch(/^settings\.json\.lazuli-20261121-1200\d\d\.bak$/)
  expect(read(join(home, '.claude', copy!))).toBe(files.CLAUDE_CODE)
  expect(statSync(join(home, '.claude', copy!)).mode & 0o777).toBe(0o640)
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect(done[0]).toBe(`~/.claude/settings.json was written; the file as it was: ~/.claude/${copy}.`)
})

test('a symbolic link stays one; what it leads to is written', async () => {
  const { tools, home, put } = stage()
  const real = put('dotfiles/claude.json', '{}\n')
  mkdirSync(join(home, '.claude'))
  symlinkSync(real, join(home, CLAUDE))
  await tools.apply('claude-code', {}, (await tools.plan('claude-code')).fingerprint)
  expect(lstatSync(join(home, CLAUDE)).isSymbolicLink()).toBe(true)
  expect(read(real)).toContain(KEY)
  await tools.undo('claude-code')
  expect(lstatSync(join(home, CLAUDE)).isSymbolicLink()).toBe(true)
  expect(read(real)).toBe('{}\n')
})

test('a file that has changed since the plan is not written', async () => {
  const { tools, put } = stage()
  put(CLAUDE, '{}\n')
  const { fingerprint } = await tools.plan('claude-code')
  const file = put(CLAUDE, '{"theme": "light"}\n')
  await expect(tools.apply('claude-code', {}, fingerprint)).rejects.toMatchObject({ code: 'tool_file_changed' })
  expect(read(file)).toBe('{"theme": "light"}\n')
})

test('nothing else is written than what was shown: not for other models, and not with another key', async () => {
  const { tools, connection, put } = stage()
  const file = put(CLAUDE, '{}\n')
  const { fingerprint } = await tools.plan('claude-code')
  await expect(tools.apply('claude-code', { main: 'gpt-5.1' }, fingerprint)).rejects.toThrow('changed since the plan')
  connection.key = 'lz-another'
  await expect(tools.apply('claude-code', {}, fingerprint)).rejects.toThrow('changed since the plan')
  expect(read(file)).toBe('{}\n')
})

test('a second file that cannot be written undoes the first', async () => {
  const { tools, home, put } = stage()
  const options = put('.aider.conf.yml', files.AIDER)
  // The link leads to a place where nothing can be made, not even by root.
  symlinkSync('/sys/lazuli/metadata.json', join(home, '.aider.model.metadata.json'))
  const { fingerprint } = await tools.plan('aider')
  await expect(tools.apply('aider', {}, fingerprint)).rejects.toMatchObject({ code: 'tool_file_unwritable' })
  expect(read(options)).toBe(files.AIDER)
  expect((await tools.view('aider')).canUndo).toBe(false)
})

test('without a record nothing is written: it could not be taken back', async () => {
  const here = stage()
  const tools = new LocalTools({
    machine: here.machine,
    folder: undefined,
    connection: () => here.connection,
    models: async () => MODELS,
    now: () => 0,
  })
  const { fingerprint } = await tools.plan('codex')
  await expect(tools.apply('codex', {}, fingerprint)).rejects.toMatchObject({ code: 'tool_record_unwritable' })
  expect(existsSync(join(here.home, '.codex'))).toBe(false)
})

test('the record names what was written without holding a key, for its owner alone', async () => {
  const { tools, data, put } = stage()
  put(CLAUDE, '{"env": {"ANTHROPIC_AUTH_TOKEN": "sk-ant-the-users-own-key"}}')
  await tools.apply('claude-code', {}, (await tools.plan('claude-code')).fingerprint)
  const record = read(join(data, 'tools.json'))
  expect(record).toContain('ANTHROPIC_AUTH_TOKEN')
  expect(record).not.toContain(KEY)
  expect(record).not.toContain('sk-ant')
  expect(statSync(join(data, 'tools.json')).mode & 0o777).toBe(0o600)
})

test('values that were there before come back, also when the user edited other things meanwhile', async () => {
  const { tools, put } = stage()
  const file = put(CLAUDE, '{\n  "env": {\n    "ANTHROPIC_AUTH_TOKEN": "own",\n    "A": "1"\n  }\n}\n')
  await tools.apply('claude-code', {}, (await tools.plan('claude-code')).fingerprint)
  put(CLAUDE, read(file).replace('"A": "1"', '"A": "2"').replace('claude-opus-5', 'claude-opus-mine'))
  const { done } = await tools.undo('claude-code')
  expect(done[0]).toContain('One value that you changed stayed.')
  expect(JSON.parse(read(file))).toEqual({
    env: { ANTHROPIC_AUTH_TOKEN: 'own', A: '2', ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-mine' },
  })
})

test('edited between two applications, the edit survives the undo', async () => {
  const { tools, put } = stage()
  const file = put(CLAUDE, '{}\n')
  await tools.apply('claude-code', {}, (await tools.plan('claude-code')).fingerprint)
  put(CLAUDE, JSON.stringify({ ...(JSON.parse(read(file)) as object), theme: 'light' }, null, 2))
  const models = { main: 'gpt-5.1' }
  await tools.apply('claude-code', models, (await tools.plan('claude-code', models)).fingerprint)
  await tools.undo('claude-code')
  expect(JSON.parse(read(file))).toEqual({ theme: 'light' })
})

test('settings that the user wrote are left when there is nothing of ours to undo', async () => {
  const { tools, put } = stage()
  const first = stage()
  await first.tools.apply('codex', {}, (await first.tools.plan('codex')).fingerprint)
  const file = put('.codex/config.toml', read(join(first.home, '.codex/config.toml')))
  await tools.apply('codex', {}, (await tools.plan('codex')).fingerprint)
  expect(await tools.view('codex')).toMatchObject({ state: 'applied', canUndo: false })
  await expect(tools.undo('codex')).rejects.toMatchObject({ code: 'tool_nothing_to_undo' })
  expect(existsSync(file)).toBe(true)
})

test('a byte order mark stays, and what is no text is not touched', async () => {
  const { tools, put } = stage()
  const file = put(CLAUDE, '\uFEFF{\n  "a": 1\n}\n')
  await tools.apply('claude-code', {}, (await tools.plan('claude-code')).fingerprint)
  expect(read(file).startsWith('\uFEFF{')).toBe(true)
  writeFileSync(file, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))
  expect(await tools.view('claude-code')).toMatchObject({
    state: 'unreadable',
    problem: { code: 'tool_file_unreadable', message: expect.stringContaining('not UTF-8') as string },
  })
})

test('a tool is told apart that was applied, lost its key, was changed by hand, or leads elsewhere', async () => {
  const { tools, connection, put } = stage()
  const state = async (): Promise<string> => (await tools.view('claude-code')).state
  expect(await state()).toBe('none')
  const { fingerprint } = await tools.plan('claude-code')
  await tools.apply('claude-code', {}, fingerprint)
  expect(await state()).toBe('applied')
  connection.key = 'lz-renewedLocalKey000000000000'
  expect(await state()).toBe('stale')
  put(CLAUDE, '{"env": {"ANTHROPIC_BASE_URL": "https://elsewhere.example"}}')
  expect(await state()).toBe('changed')
})

test('keys are hidden in what is shown, the user’s own too, and shown on request', async () => {
  const { tools, put } = stage()
  put(CLAUDE, '{\n  "env": {\n    "MY_API_KEY": "secret-of-the-user-1234",\n    "MAX_TOKENS": "12345678"\n  }\n}\n')
  const text = async (reveal: boolean): Promise<string> =>
    JSON.stringify((await tools.plan('claude-code', {}, reveal)).changes)
  expect(await text(false)).not.toContain(KEY)
  expect(await text(false)).not.toContain('secret-of-the-user')
  expect(await text(false)).toContain('lz-••••••rs00')
  expect(await text(false)).toContain('12345678')
  expect(await text(true)).toContain(KEY)
  expect((await tools.plan('claude-code')).masked).toBe(true)
})

test('a file that others may read is named when a key goes into it', async () => {
  const { tools, put } = stage()
  chmodSync(put(CLAUDE, '{}'), 0o644)
  expect((await tools.plan('claude-code')).notes.join()).toContain('Other users of this machine may read')
  chmodSync(put(CLAUDE, '{}'), 0o600)
  expect((await tools.plan('claude-code')).notes.join()).not.toContain('Other users')
})

test('in a container nothing is looked for or written: there are texts to copy, and it says why', async () => {
  const { tools, put } = stage({ container: true })
  put(CLAUDE, '{}')
  expect(await tools.list([])).toMatchObject({ container: true, machine: 'workshop' })
  expect(await tools.view('claude-code')).toMatchObject({ found: false, way: 'snippet', canRun: false })
  const plan = await tools.plan('claude-code')
  expect(plan).toMatchObject({ changes: [], notes: [expect.stringContaining('cannot see the files')] })
  expect(plan.snippets.length).toBeGreaterThan(0)
  await expect(tools.apply('claude-code', {}, plan.fingerprint)).rejects.toMatchObject({ code: 'tool_not_by_files' })
})

test('where every program may call, a word stands in place of the key, and is not hidden', async () => {
  const { tools, connection } = stage()
  connection.key = undefined
  expect(JSON.stringify(await tools.plan('codex'))).toContain('lazuli-needs-no-key')
})

test('without any known model the plan says so, and applying asks for a name', async () => {
  const { tools } = stage({}, [])
  const plan = await tools.plan('codex')
  expect(plan.roles).toEqual([{ id: 'main', label: 'Model', model: '' }])
  expect(plan.notes.join()).toContain('No model name is known yet')
  await expect(tools.apply('codex', {}, plan.fingerprint)).rejects.toMatchObject({ code: 'tool_model_missing' })
  const named = await tools.plan('codex', { main: 'prod-chat' })
  await tools.apply('codex', { main: 'prod-chat' }, named.fingerprint)
  expect((await tools.view('codex')).state).toBe('applied')
})
