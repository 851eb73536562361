import { join } from 'node:path'
import Store from 'electron-store'
import { settingsStoreOf } from '../config/conf-store.ts'
import type { SettingsStore } from '../config/settings.ts'

/**
 * Opens `config.json` in `directory` with electron-store: the same file that conf opens headless.
 *
 * @throws LazuliError `settings_unreadable`
 */
export function openSettingsStore(directory: string): SettingsStore {
  return settingsStoreOf(
    () => new Store<Record<string, unknown>>({ cwd: directory, name: 'config', configFileMode: 0o600 }),
    join(directory, 'config.json'),
  )
}
