import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tools } from '../../electron/tools/catalogue.ts'
import { diffLines } from '../../electron/tools/line-diff.ts'
import { programFolders, programNames, shownPath, type Machine } from '../../electron/tools/machine.ts'
import { commandLine } from '../../electron/tools/run-program.ts'
import { stage } from './stage.ts'

const machine = (platform: NodeJS.Platform, home: string, env: Machine['env'] = {}): Machine => ({
  platform,
  home,
  env,
  name: 'm',
  container: false,
})
const LINUX = machine('linux', '/home/kim')
const MAC = machine('darwin', '/Users/kim')
const WINDOWS = machine('win32', 'C:\\Users\\kim', {
  APPDATA: 'C:\\Users\\kim\\AppData\\Roaming',
  Path: 'C:\\bin;relative',
})

function filesOf(where: Machine): Record<string, string[]> {
  const setUp = {
    machine: where,
    baseUrl: 'http://127.0.0.1:1',
    key: 'k',
    models: { main: { name: 'm', contextWindow: 1 } },
    served: [],
  }
  return Object.fromEntries(
    tools.flatMap(({ id, files }) =>
      files === undefined ? [] : [[id, files(setUp, () => false).map(({ path }) => path)]],
    ),
  )
}

test('settings are where each platform keeps them', () => {
  expect(filesOf(LINUX)).toEqual({
    'claude-code': ['/home/kim/.claude/settings.json'],
    codex: ['/home/kim/.codex/config.toml'],
    continue: ['/home/kim/.continue/config.yaml'],
    opencode: ['/home/kim/.config/opencode/opencode.json'],
    zed: ['/home/kim/.config/zed/settings.json'],
    aider: ['/home/kim/.aider.conf.yml', '/home/kim/.aider.model.metadata.json'],
  })
  expect(filesOf(MAC)).toMatchObject({
    opencode: ['/Users/kim/.config/opencode/opencode.json'],
    zed: ['/Users/kim/.config/zed/settings.json'],
  })
  expect(filesOf(WINDOWS)).toMatchObject({
    'claude-code': ['C:\\Users\\kim\\.claude\\settings.json'],
    codex: ['C:\\Users\\kim\\.codex\\config.toml'],
    opencode: ['C:\\Users\\kim\\.config\\opencode\\opencode.json'],
    zed: ['C:\\Users\\kim\\AppData\\Roaming\\Zed\\settings.json'],
  })
})

test('variables move them', () => {
  const env = {
    CLAUDE_CONFIG_DIR: '/etc/claude',
    CODEX_HOME: '/etc/codex',
    CONTINUE_GLOBAL_DIR: '/etc/continue',
    XDG_CONFIG_HOME: '/etc/xdg',
  }
  expect(filesOf({ ...LINUX, env })).toMatchObject({
    'claude-code': ['/etc/claude/settings.json'],
    codex: ['/etc/codex/config.toml'],
    continue: ['/etc/continue/config.yaml'],
    opencode: ['/etc/xdg/opencode/opencode.json'],
    zed: ['/etc/xdg/zed/settings.json'],
  })
  expect(filesOf({ ...LINUX, env: { OPENCODE_CONFIG: '/etc/oc.json' } })['opencode']).toEqual(['/etc/oc.json'])
})

test('paths are shown as the user writes them', () => {
  expect(shownPath(LINUX, '/home/kim/.codex/config.toml')).toBe('~/.codex/config.toml')
  expect(shownPath(LINUX, '/home/kimberly/x')).toBe('/home/kimberly/x')
  expect(shownPath(WINDOWS, 'C:\\Users\\kim\\a')).toBe('~\\a')
})

test('commands are looked for on PATH first, then where installers put them; never in a folder that is not absolute', () => {
  expect(programFolders({ ...LINUX, env: { PATH: '/one:two::/usr/local/bin' } })).toEqual([
    '/one',
    '/usr/local/bin',
    '/home/kim/.local/bin',
    '/home/kim/.npm-global/bin',
    '/home/kim/.bun/bin',
    '/home/kim/.opencode/bin',
    '/home/kim/.claude/local',
  ])
  expect(programFolders(MAC)).toContain('/opt/homebrew/bin')
  expect(programFolders(WINDOWS)).toEqual([
    'C:\\bin',
    'C:\\Users\\kim\\AppData\\Roaming\\npm',
    'C:\\Users\\kim\\.local\\bin',
  ])
  expect(programNames(WINDOWS, 'codex')).toEqual(['codex.exe', 'codex.cmd', 'codex.bat'])
})

test('Windows starts scripts through its shell, quoted; programs are started as they are', () => {
  expect(commandLine('win32', 'C:\\npm\\claude.cmd', ['-p', 'Reply OK'])).toEqual({
    file: 'cmd.exe',
    words: ['/d', '/s', '/c', '""C:\\npm\\claude.cmd" "-p" "Reply OK""'],
    verbatim: true,
  })
  expect(commandLine('win32', 'C:\\claude.exe', ['-p'])).toEqual({
    file: 'C:\\claude.exe',
    words: ['-p'],
    verbatim: false,
  })
  expect(commandLine('linux', '/bin/claude', ['-p'])).toEqual({ file: '/bin/claude', words: ['-p'], verbatim: false })
})

describe('a command that is found', () => {
  test('has the version of the package that offers it, without being run', async () => {
    const { home, tools: local } = stage()
    const folder = join(home, 'lib/node_modules/@openai/codex')
    mkdirSync(join(folder, 'bin'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '0.170.1', bin: { codex: 'bin/codex.js' } }))
    writeFileSync(join(folder, 'bin/codex.js'), '#!/bin/sh\ntouch "$HOME/was-run"\n')
    chmodSync(join(folder, 'bin/codex.js'), 0o755)
    mkdirSync(join(home, '.local/bin'), { recursive: true })
    symlinkSync(join(folder, 'bin/codex.js'), join(home, '.local/bin/codex'))
    expect(await local.view('codex')).toMatchObject({ found: true, version: '0.170.1', canRun: true })
  })

  test('has the version that stands in its path', async () => {
    const { home, tools: local } = stage()
    const file = join(home, '.local/share/claude/versions/2.1.44')
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, '')
    chmodSync(file, 0o755)
    mkdirSync(join(home, '.local/bin'), { recursive: true })
    symlinkSync(file, join(home, '.local/bin/claude'))
    expect((await local.view('claude-code')).version).toBe('2.1.44')
  })

  test('is none when it cannot be executed; a folder of settings counts as found, but cannot be run', async () => {
    const { home, put, tools: local } = stage()
    put('.local/bin/claude', 'text')
    expect(await local.view('claude-code')).toMatchObject({ found: false, canRun: false })
    mkdirSync(join(home, '.claude'))
    expect(await local.view('claude-code')).toMatchObject({ found: true, canRun: false })
  })
})

describe('the difference of two texts', () => {
  const told = (before: string, after: string): string[] =>
    diffLines(before, after).map((line) => {
      switch (line.kind) {
        case 'gap':
          return `…${line.count}`
        case 'same':
          return ` ${line.before}:${line.after} ${line.text}`
        case 'removed':
          return `-${line.before} ${line.text}`
        case 'added':
          return `+${line.after} ${line.text}`
      }
    })

  test('names lines on both sides and leaves out what is far from a change', () => {
    const lines = Array.from({ length: 12 }, (_, at) => `l${at + 1}`)
    const after = [...lines.slice(0, 5), 'new', ...lines.slice(6)]
    expect(told(`${lines.join('\n')}\n`, `${after.join('\n')}\n`)).toEqual([
      '…2',
      ' 3:3 l3',
      ' 4:4 l4',
      ' 5:5 l5',
      '-6 l6',
      '+6 new',
      ' 7:7 l7',
      ' 8:8 l8',
      ' 9:9 l9',
      '…3',
    ])
  })

  test('of equal texts is nothing; a new file is all added', () => {
    expect(told('a\n', 'a\n')).toEqual([])
    expect(told('', 'a\nb\n')).toEqual(['+1 a', '+2 b'])
  })

  test('of large texts that share nothing is found at once', () => {
    const many = (word: string): string => Array.from({ length: 5000 }, (_, at) => `${word}${at}`).join('\n')
    expect(diffLines(many('a'), many('b'))).toHaveLength(10_000)
  })
})
