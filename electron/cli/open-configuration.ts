import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openConfStore } from '../config/conf-store.ts'
import { ConfigurationService } from '../config/configuration-service.ts'
import type { ConfigSources } from '../config/load.ts'
import type { Secrets } from '../config/secrets.ts'
import type { SettingsStore } from '../config/settings.ts'

/** What a command needs to read the configuration as `lazuli serve` would. */
export interface CommandContext {
  sources: Omit<ConfigSources, 'settings'>
  /** Folder of the settings file; it is neither made nor locked, so a command runs beside a running Lazuli. */
  dataFolder: string
  secrets: Secrets
  write: (text: string) => void
}

/** @throws ConfigError, LazuliError, as the start of `lazuli serve` would */
export function openConfiguration({ sources, dataFolder, secrets }: CommandContext): Promise<ConfigurationService> {
  const silent = (): void => {}
  return ConfigurationService.open({
    host: 'headless',
    settings: settingsIn(dataFolder),
    secrets,
    sources,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    newToken: () => {
      throw new Error('a command makes no keys')
    },
  })
}

function settingsIn(folder: string): SettingsStore {
  const path = join(folder, 'config.json')
  if (existsSync(path)) return openConfStore(folder)
  return {
    path,
    read: () => ({}),
    write() {
      throw new Error('a command changes no settings')
    },
  }
}
