import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Variables that steer Lazuli, its SDK clients or their way to the network; a developer's own must not reach a test. */
const STEERING =
  /^(LAZULI_(?!TEST_)|AZURE_|OPENAI_|ANTHROPIC_|CLAUDE_|API_|FEISHU_|ELECTRON_(RUN_AS_NODE|RENDERER_URL|EXEC_PATH)|(HTTPS?|ALL|NO)_PROXY$|NODE_OPTIONS$|LOG_LEVEL$|ENVIRONMENT$)/i

/**
 * Global set-up of vitest and of Playwright: a test never reads or writes the data folder, the settings, the `.env` or
 * the keychain of the person who runs it, also when a single file is run by hand.
 *
 * @returns the tear-down that removes the throw-away home
 */
export default function isolate(): () => void {
  for (const name of Object.keys(process.env)) if (STEERING.test(name)) delete process.env[name]
  process.env['TZ'] = 'UTC'

  const given = process.env['LAZULI_TEST_HOME']
  const home = given ?? mkdtempSync(join(tmpdir(), 'lazuli-test-'))
  // Under npm this names the folder that the developer stands in, whose `.env` would be read.
  process.env['INIT_CWD'] = home
  if (given !== undefined) return () => {}

  const folders = { HOME: '.', XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: 'data', XDG_CACHE_HOME: 'cache' }
  for (const [name, folder] of Object.entries({ ...folders, XDG_STATE_HOME: 'state', XDG_RUNTIME_DIR: 'runtime' })) {
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 })
    process.env[name] = join(home, folder)
  }
  // No bus, no keychain: tests that need one say so and are run through test/with-keyring.sh.
  process.env['DBUS_SESSION_BUS_ADDRESS'] = 'disabled:'
  return () => rmSync(home, { recursive: true, force: true })
}
