import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseToml } from '@decimalturn/toml-patch'
import { parse as parseJsonc } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import type { ToolId } from '../../shared/tools.ts'
import { tools as catalogue } from '../../electron/tools/catalogue.ts'
import * as files from './settings-files.ts'
import { KEY, stage, type Stage } from './stage.ts'

const B = 'http://127.0.0.1:11437'
const read = (file: string): string => readFileSync(file, 'utf8')
const apply = async ({ tools }: Stage, id: ToolId, models = {}): Promise<string[]> => {
  const { fingerprint } = await tools.plan(id, models)
  return (await tools.apply(id, models, fingerprint)).done
}

interface Case {
  id: ToolId
  path: string
  before: string
  parse: (text: string) => unknown
  /** What must be in the file afterwards. */
  says: object
  /** Pieces of the user's own text that must be there untouched. */
  keeps: string[]
}

const CASES: Case[] = [
  {
    id: 'claude-code',
    path: '.claude/settings.json',
    before: files.CLAUDE_CODE,
    parse: parseJsonc,
    says: {
      theme: 'dark',
      env: {
        DISABLE_TELEMETRY: '1',
        ANTHROPIC_BASE_URL: B,
        ANTHROPIC_AUTH_TOKEN: KEY,
        ANTHROPIC_MODEL: 'claude-sonnet-4-5',
        ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-5',
        ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-4-5',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
        CLAUDE_CODE_MAX_CONTEXT_TOKENS: '200000',
      },
    },
    keeps: ['\t"permissions": { "allow": ["Bash(npm run test:*)"], "deny": [] },', '\t\t"DISABLE_TELEMETRY": "1",'],
  },
  {
    id: 'codex',
    path: '.codex/config.toml',
    before: files.CODEX,
    parse: (text) => JSON.parse(JSON.stringify(parseToml(text))) as unknown,
    says: {
      model: 'gpt-5.1',
      model_provider: 'lazuli',
      model_context_window: 400_000,
      approval_policy: 'on-request',
      model_providers: {
        house: { name: 'House', base_url: 'https://models.example/v1', env_key: 'HOUSE_KEY' },
        lazuli: {
          name: 'Lazuli',
          base_url: `${B}/v1`,
          wire_api: 'responses',
          http_headers: { 'x-api-key': KEY },
        },
      },
    },
    keeps: [
      '# Settings of Codex\nmodel = "gpt-5.1"  # the usual one\n',
      'notify = [ "notify-send",\n  "codex" ]\n',
      "# Servers\n[mcp_servers.docs]\ncommand = 'npx'   # keep the quotes\n",
    ],
  },
  {
    id: 'opencode',
    path: '.config/opencode/opencode.json',
    before: files.OPENCODE,
    parse: parseJsonc,
    says: {
      theme: 'system',
      model: 'lazuli/gpt-5.1',
      small_model: 'lazuli/gpt-5-mini',
      provider: {
        house: { npm: '@ai-sdk/openai-compatible', models: {} },
        lazuli: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: `${B}/v1`, apiKey: KEY },
          models: { 'claude-sonnet-4-5': { limit: { context: 200_000, output: 64_000 } } },
        },
      },
    },
    keeps: ['  // the colours\n', '"house": { "npm": "@ai-sdk/openai-compatible", "models": {} }, // ours'],
  },
  {
    id: 'continue',
    path: '.continue/config.yaml',
    before: files.CONTINUE,
    parse: parseYaml,
    says: {
      models: [
        { name: 'House model', provider: 'openai', model: 'house-1', roles: ['chat', 'edit'] },
        { name: 'Autocomplete' },
        {
          name: 'Lazuli',
          provider: 'openai',
          model: 'gpt-5.1',
          apiBase: `${B}/v1`,
          apiKey: KEY,
          defaultCompletionOptions: { contextLength: 400_000 },
        },
      ],
    },
    keeps: [
      '  - name:   House model\n',
      'roles: [chat,   edit]\n\n',
      '    - autocomplete\n',
      '# who may read what\ncontext:\n',
    ],
  },
  {
    id: 'zed',
    path: '.config/zed/settings.json',
    before: files.ZED,
    parse: parseJsonc,
    says: {
      ui_font_size: 16,
      agent: { default_profile: 'write', default_model: { provider: 'Lazuli', model: 'gpt-5.1' } },
      language_models: {
        ollama: { api_url: 'http://localhost:11434' },
        openai_compatible: { Lazuli: { api_url: `${B}/v1` } },
      },
    },
    keeps: ['// Zed settings\n//\n', '    "ollama": { "api_url": "http://localhost:11434" },'],
  },
  {
    id: 'aider',
    path: '.aider.conf.yml',
    before: files.AIDER,
    parse: parseYaml,
    says: {
      'dark-mode': true,
      'openai-api-base': `${B}/v1`,
      'openai-api-key': KEY,
      model: 'openai/gpt-5.1',
      'weak-model': 'openai/gpt-5-mini',
    },
    keeps: ['## my aider\ndark-mode: true   # at night\nread: [CONVENTIONS.md,  README.md]\n'],
  },
]

describe.each(CASES)('$id', ({ id, path, before, parse, says, keeps }) => {
  test('says what it must, and keeps what the user wrote as it was written', async () => {
    const here = stage()
    const file = here.put(path, before)
    await apply(here, id)
    expect(parse(read(file))).toMatchObject(says)
    for (const piece of keeps) expect(read(file)).toContain(piece)
    expect((await here.tools.view(id)).state).toBe('applied')
  })

  test('applied twice is applied once', async () => {
    const here = stage()
    const file = here.put(path, before)
    await apply(here, id)
    const once = read(file)
    expect((await here.tools.plan(id)).changes.every(({ lines }) => lines.length === 0)).toBe(true)
    expect((await apply(here, id))[0]).toContain('said so already')
    expect(read(file)).toBe(once)
  })

  test('undone, the file is as it was, byte for byte, and no copy is left', async () => {
    const here = stage()
    const file = here.put(path, before)
    await apply(here, id)
    await apply(here, id, { main: 'claude-opus-5' })
    expect(read(file)).toContain('claude-opus-5')
    const { tool } = await here.tools.undo(id)
    expect(read(file)).toBe(before)
    expect(tool).toMatchObject({ state: 'none', canUndo: false })
    expect(readdirSync(join(file, '..')).filter((name) => name.includes('.lazuli-'))).toEqual([])
  })

  test('undone after the user edited it, only what Lazuli wrote goes', async () => {
    const here = stage()
    const file = here.put(path, before)
    await apply(here, id)
    const edit = id === 'codex' ? '\n[tui]\ntheme = "mine"\n' : path.endsWith('l') ? 'mine: 1 # added\n' : '// mine\n'
    const edited = read(file) + edit
    here.put(path, edited)
    const { done } = await here.tools.undo(id)
    expect(done[0]).toContain('was edited since')
    const after = read(file)
    expect(after).toContain(edit.trim())
    expect(after).not.toContain(KEY)
    expect(after).not.toContain(B)
    const own = parse(after) as Record<string, unknown>
    delete own['mine']
    delete own['tui']
    expect(own).toEqual(parse(before))
  })

  test('without a file one is made for its owner alone, and undone it is gone', async () => {
    const here = stage()
    const file = join(here.home, path)
    await apply(here, id)
    expect(parse(read(file))).toMatchObject(id === 'continue' ? { schema: 'v1', version: '1.0.0' } : {})
    expect(read(file)).toContain(B)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await here.tools.undo(id)
    expect(existsSync(file)).toBe(false)
  })

  test('a file that is broken is named with its line, and not touched', async () => {
    const here = stage()
    const broken = path.endsWith('.toml')
      ? 'a = 1\nb = = 2\n'
      : path.endsWith('l')
        ? 'a: 1\nb: [1\n'
        : '{\n  "a": 1,\n  "b" 2\n}\n'
    const file = here.put(path, broken)
    expect(await here.tools.view(id)).toMatchObject({ state: 'unreadable', problem: { code: 'tool_file_broken' } })
    const plan = await here.tools.plan(id)
    expect(plan).toMatchObject({
      changes: [],
      problem: { code: 'tool_file_broken', message: expect.stringMatching(/, line [23] is not valid: \w/) as string },
    })
    expect(plan.snippets.length).toBeGreaterThan(0)
    await expect(here.tools.apply(id, {}, plan.fingerprint)).rejects.toMatchObject({ code: 'tool_file_broken' })
    expect(read(file)).toBe(broken)
  })
})

test('aider’s window goes into its second file, and both are taken back', async () => {
  const here = stage()
  const file = here.put('.aider.model.metadata.json', '{"openai/own": {"mode": "chat"}}\n')
  await apply(here, 'aider')
  expect(JSON.parse(read(file))).toMatchObject({
    'openai/own': { mode: 'chat' },
    'openai/gpt-5.1': { max_input_tokens: 400_000, litellm_provider: 'openai', mode: 'chat' },
  })
  await here.tools.undo('aider')
  expect(read(file)).toBe('{"openai/own": {"mode": "chat"}}\n')
  expect(existsSync(join(here.home, '.aider.conf.yml'))).toBe(false)
})

test('opencode’s file with comments is the one that is written, where there is one', async () => {
  const here = stage()
  const file = here.put('.config/opencode/opencode.jsonc', '// mine\n{}\n')
  await apply(here, 'opencode')
  expect(read(file)).toContain('// mine')
  expect(read(file)).toContain(B)
})

test('Claude Code is told the smallest window of the models that converse, and none that is not known', async () => {
  const here = stage()
  const models = { main: 'gpt-5.1', opus: 'gpt-5.1', sonnet: 'gpt-5.1' }
  await apply(here, 'claude-code', models)
  const file = join(here.home, '.claude/settings.json')
  expect(JSON.parse(read(file)).env).toMatchObject({
    ANTHROPIC_MODEL: 'gpt-5.1',
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: '400000',
  })
  const plan = await here.tools.plan('claude-code', { main: 'prod-chat' })
  expect(plan.notes.join()).toContain('will assume a million tokens')
})

test('what sends Claude Code or Codex elsewhere is named', async () => {
  const here = stage({ env: { CLAUDE_CODE_USE_VERTEX: '1' } })
  here.put('.claude/settings.json', '{"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}')
  here.put('.codex/config.toml', 'profile = "night"\n')
  expect((await here.tools.plan('claude-code')).notes[0]).toMatch(/BEDROCK and CLAUDE_CODE_USE_VERTEX/)
  expect((await here.tools.plan('codex')).notes[0]).toContain('profile "night"')
})

test('every tool that is set up by hand shows the real address, and hides the key until it is asked for', async () => {
  const here = stage()
  const byHand = catalogue.filter(({ way }) => way === 'snippet')
  expect(byHand.map(({ id }) => id).toSorted()).toEqual(
    ['ai-sdk', 'anthropic-sdk', 'cline', 'copilot-cli', 'langchain', 'open-webui', 'openai-sdk'].toSorted(),
  )
  for (const { id } of byHand) {
    const [hidden, shown] = [await here.tools.plan(id), await here.tools.plan(id, {}, true)]
    const text = (plan: typeof hidden): string => plan.snippets.map((snippet) => snippet.text).join('\n')
    expect(text(hidden), id).toContain(':11437')
    expect(text(hidden), id).not.toContain(KEY)
    expect(text(shown), id).toContain(KEY)
    await expect(here.tools.apply(id, {}, hidden.fingerprint)).rejects.toMatchObject({ code: 'tool_not_by_files' })
  }
})

test('Cursor: it cannot, and why', async () => {
  const here = stage()
  const plan = await here.tools.plan('cursor')
  expect(plan.about).toContain('Cursor cannot use Lazuli')
  expect(plan.about).toContain('Cursor’s servers')
  expect(plan).toMatchObject({ changes: [], snippets: [], roles: [] })
  await expect(here.tools.apply('cursor', {}, plan.fingerprint)).rejects.toThrow('Cursor cannot use Lazuli.')
})
