import { openDataFolder } from '../config/data-folder.ts'
import { flagValues } from '../config/flags.ts'
import type { FlagTexts } from '../config/flags.ts'
import { openKeychain } from '../config/keychain.ts'
import { startEngine } from '../engine.ts'
import type { Engine, EngineOptions } from '../engine.ts'
import { openSettingsStore } from './settings-store.ts'

export interface DesktopEngineOptions {
  version: string
  dataFolder: string
  flags: FlagTexts
  env: NodeJS.ProcessEnv
  /** The directory that the user stood in. */
  cwd: string
  paths: EngineOptions['paths']
}

/** The engine with what the desktop has: electron-store's settings and the system's keychain. */
export interface DesktopEngine extends Engine {
  readonly settings: EngineOptions['settings']
}

/** @throws LazuliError with reason and fix, e.g. `port_in_use`, `data_folder_in_use` */
export async function startDesktopEngine(options: DesktopEngineOptions): Promise<DesktopEngine> {
  const folder = openDataFolder(options.dataFolder)
  try {
    const settings = openSettingsStore(folder.path)
    const engine = await startEngine({
      host: 'desktop',
      version: options.version,
      folder,
      settings,
      secrets: openKeychain(),
      sources: {
        configFile: options.flags.config,
        flags: flagValues(options.flags),
        env: options.env,
        cwd: options.cwd,
      },
      paths: options.paths,
    })
    return {
      ...engine,
      settings,
      async stop(graceMs) {
        await engine.stop(graceMs)
        folder.release()
      },
    }
  } catch (error) {
    folder.release()
    throw error
  }
}
