/** A machine in a throw-away folder: its home, its commands, and the local tools that are pointed at a Lazuli. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { LocalTools, type Connection } from '../../electron/tools/local-tools.ts'
import type { Machine } from '../../electron/tools/machine.ts'
import type { ChosenModel } from '../../electron/tools/tool.ts'

export const KEY = 'lz-aVeryLocalKeyOf32Characters00'

export const MODELS: readonly ChosenModel[] = [
  { name: 'gpt-5.1', contextWindow: 400_000, outputCap: 128_000 },
  { name: 'gpt-5-mini', contextWindow: 400_000, outputCap: 128_000 },
  { name: 'claude-opus-5', contextWindow: 1_000_000, outputCap: 64_000 },
  { name: 'claude-sonnet-4-5', contextWindow: 200_000, outputCap: 64_000 },
  { name: 'claude-haiku-4-5', contextWindow: 200_000, outputCap: 64_000 },
]

export interface Stage {
  home: string
  data: string
  machine: Machine
  connection: Connection
  tools: LocalTools
  /** Writes a file below the home folder. */
  put: (path: string, text: string) => string
  /** Puts a command on the machine's PATH. */
  command: (name: string, script: string) => void
}

export function stage(change: Partial<Machine> = {}, models: readonly ChosenModel[] = MODELS): Stage {
  const root = mkdtempSync(join(tmpdir(), 'lazuli-tools-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const [home, data, bin] = [join(root, 'home'), join(root, 'data'), join(root, 'bin')]
  for (const folder of [home, data, bin]) mkdirSync(folder)
  const machine: Machine = {
    platform: 'linux',
    home,
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home },
    name: 'workshop',
    container: false,
    ...change,
  }
  const connection: Connection = { baseUrl: 'http://127.0.0.1:11437', key: KEY }
  let now = Date.UTC(2026, 10, 21, 12, 0, 0)
  const tools = new LocalTools({
    machine,
    folder: data,
    connection: () => connection,
    models: async () => models,
    now: () => (now += 1000),
  })
  const put = (path: string, text: string): string => {
    const file = join(home, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }
  return {
    home,
    data,
    machine,
    connection,
    tools,
    put,
    command(name, script) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    },
  }
}
