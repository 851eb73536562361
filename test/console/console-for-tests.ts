/** A whole engine with its console, alone in a folder of its own; keys live in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient, type RouterClient } from '@orpc/server'
import { openConfStore } from '../../electron/config/conf-store.ts'
import { openDataFolder } from '../../electron/config/data-folder.ts'
import type { Secrets } from '../../electron/config/secrets.ts'
import { router } from '../../electron/console/router.ts'
import { startEngine, type Engine } from '../../electron/engine.ts'

export interface TestConsole {
  console: RouterClient<typeof router>
  engine: Engine
  /** What is in the keychain. */
  keys: Map<string, string>
  folder: string
  close(): Promise<void>
}

export interface TestConsoleSetup {
  /** Of `--config`. */
  configFile?: string
  env?: Record<string, string>
  flags?: Record<string, unknown>
}

export async function startConsole(setup: TestConsoleSetup = {}): Promise<TestConsole> {
  const path = await mkdtemp(join(tmpdir(), 'lazuli-console-'))
  const folder = openDataFolder(path)
  const keys = new Map<string, string>()
  const engine = await startEngine({
    host: 'headless',
    version: '0.0.0',
    folder,
    settings: openConfStore(path),
    secrets: keychainOf(keys),
    sources: {
      flags: { server: { port: 0 }, ...setup.flags },
      env: setup.env ?? {},
      cwd: path,
      ...(setup.configFile === undefined ? {} : { configFile: setup.configFile }),
    },
    paths: {
      journalWorker: new URL('../../electron/journal/worker.ts', import.meta.url),
      tokenWorker: new URL('../../electron/proxy/tokens/worker.ts', import.meta.url),
      renderer: path,
    },
    logTo: { write() {} },
  })
  return {
    console: createRouterClient(router, { context: engine.console }),
    engine,
    keys,
    folder: path,
    async close() {
      await engine.stop(0)
      folder.release()
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function keychainOf(keys: Map<string, string>): Secrets {
  return {
    get: (ref) => Promise.resolve(keys.get(ref)),
    set(ref, value) {
      keys.set(ref, value)
      return Promise.resolve()
    },
    remove(ref) {
      keys.delete(ref)
      return Promise.resolve()
    },
  }
}
