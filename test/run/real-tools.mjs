import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILES = ['package.json', 'package-lock.json']
/** All of it is about 300 MB to fetch and 640 MB on disk. */
const LIMIT_MS = 600_000

/**
 * Installs the real Claude Code and Codex, exactly as locked, apart from Lazuli's own packages, if they are not there.
 * Claude Code's own install step, which puts its binary in place, is the only script that runs.
 *
 * @throws Error when they cannot be had: the tests that need them are not skipped
 */
export function provideRealTools(root, say) {
  const folder = join(root, 'node_modules/.cache/lazuli-real-tools')
  const lock = join(root, 'test/e2e/tools-lock')
  const done = join(folder, 'installed.json')
  const wanted = readFileSync(join(lock, 'package-lock.json'), 'utf8')
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return

  say('installing Claude Code and Codex for the end-to-end tests (about 300 MB) …')
  mkdirSync(folder, { recursive: true })
  for (const file of FILES) copyFileSync(join(lock, file), join(folder, file))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  run(process.execPath, ['install.cjs'], join(folder, 'node_modules/@anthropic-ai/claude-code'))
  writeFileSync(done, wanted)
}

function run(name, args, cwd) {
  const { status, error, stderr } = spawnSync(name, args, { cwd, encoding: 'utf8', timeout: LIMIT_MS })
  if (status === 0) return
  const why = error?.message ?? stderr.trim().split('\n').slice(0, 5).join('\n')
  throw new Error(
    `The end-to-end tests need the real Claude Code and Codex, and ${[name, ...args].join(' ')} failed:\n${why}`,
  )
}
