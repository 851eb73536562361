import type { Source } from '../../shared/config.ts'
import type { SettingsChange, SettingsView } from '../../shared/settings.ts'
import { isLoopback } from '../config/configuration-service.ts'
import { LazuliError } from '../core/error.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { refuseFixed } from './fixed-setting.ts'
import { addWebhook, removeWebhook, testWebhook, webhookViews } from './webhooks.ts'

/** Asked for to learn whether the keychain answers; nothing is ever stored under it. */
const PROBE = 'probe'

/** Where in the configuration a setting of the page stands. */
const PLACES = {
  port: ['server', 'port'],
  host: ['server', 'host'],
  auth: ['server', 'auth'],
  theme: ['theme'],
  keepDays: ['journal', 'keep_days'],
  maxBytes: ['journal', 'max_bytes'],
  bodies: ['journal', 'bodies'],
  logLevel: ['logging', 'level'],
  logFile: ['logging', 'file'],
} as const satisfies Record<Exclude<keyof SettingsChange, 'startAtLogin'>, readonly [string, string?]>

export const settings = {
  get: os.settings.get.handler(({ context }) => view(context)),
  save: os.settings.save.handler(async ({ context, input }) => {
    const { startAtLogin, ...change } = input
    if (startAtLogin !== undefined) desktopOf(context).setStartAtLogin(startAtLogin)
    refuseOpenDoor(context, change)
    for (const key of keysOf(change)) refuseFixed('This is', sourceOf(context, PLACES[key]))
    if (keysOf(change).length > 0) await context.configuration.changeSettings((stored) => changed(stored, change))
    return view(context)
  }),
  revealToken: os.settings.revealToken.handler(({ context }) => {
    const { token } = context.configuration.current()
    if (token === undefined)
      throw new LazuliError({
        code: 'token_missing',
        status: 404,
        message: 'There is no local key: every program on this machine may call.',
        fix: 'Set one with --token or LAZULI_SERVER_TOKEN.',
      })
    return { token }
  }),
  renewToken: os.settings.renewToken.handler(async ({ context }) => ({
    token: await context.configuration.renewLocalKey(),
  })),
  addWebhook: os.settings.addWebhook.handler(async ({ context, input }) => {
    await addWebhook(context, input)
    return view(context)
  }),
  removeWebhook: os.settings.removeWebhook.handler(async ({ context, input }) => {
    await removeWebhook(context, input.id)
    return view(context)
  }),
  testWebhook: os.settings.testWebhook.handler(({ context, input }) => testWebhook(context, input.id)),
  log: os.settings.log.handler(({ context }) => ({ lines: [...context.logLines()] })),
  openDataFolder: os.settings.openDataFolder.handler(({ context }) =>
    desktopOf(context).openFolder(context.info.dataDir),
  ),
}

type FileChange = Omit<SettingsChange, 'startAtLogin'>

function keysOf(change: FileChange): (keyof typeof PLACES)[] {
  return (Object.keys(PLACES) as (keyof typeof PLACES)[]).filter((key) => change[key] !== undefined)
}

/** The settings file with the change in it; null takes a value out. */
function changed(stored: Record<string, unknown>, change: FileChange): Record<string, unknown> {
  const next = { ...stored }
  for (const key of keysOf(change)) {
    const value = change[key] ?? undefined
    const [group, name] = PLACES[key] as readonly [string, string?]
    if (name === undefined) next[group] = value
    else {
      const { [name]: _before, ...rest } = (next[group] ?? {}) as Record<string, unknown>
      next[group] = value === undefined ? rest : { ...rest, [name]: value }
    }
  }
  return next
}

/**
 * Who may call changes at once, the address only at the next start: what is listened on now counts, whatever the
 * settings say of the next time.
 */
function refuseOpenDoor({ host, configuration }: ConsoleContext, { auth }: FileChange): void {
  if (auth !== 'open' || configuration.current().auth === 'open' || isLoopback(host)) return
  throw new LazuliError({
    code: 'unsafe_bind',
    status: 409,
    message: `Lazuli listens on ${host}: without a local key everyone who can reach this machine could use your models.`,
    fix: 'Listen on 127.0.0.1 and restart first, then open it to the programs of this computer.',
  })
}

function desktopOf({ desktop }: ConsoleContext): NonNullable<ConsoleContext['desktop']> {
  if (desktop !== undefined) return desktop
  throw new LazuliError({
    code: 'desktop_only',
    status: 409,
    message: 'Lazuli runs without a desktop here.',
    fix: 'Copy the path, or let the service manager of this machine start it.',
  })
}

function sourceOf({ configuration }: ConsoleContext, place: readonly (string | undefined)[]): Source {
  return configuration.current().sources.get(place.join('.')) ?? 'default'
}

async function view(context: ConsoleContext): Promise<SettingsView> {
  const { config, auth, token, sources } = context.configuration.current()
  const [configFile] = context.configuration.files.slice(-1)
  const shown = <T>(key: keyof typeof PLACES, value: T): { value: T; source: Source } => ({
    value,
    source: sourceOf(context, PLACES[key]),
  })
  return {
    port: shown('port', config.server.port),
    activePort: context.port,
    host: shown('host', config.server.host),
    activeHost: context.host,
    auth: shown('auth', auth),
    hasToken: token !== undefined,
    tokenSource: sources.get('server.token') ?? 'default',
    theme: shown('theme', config.theme),
    keepDays: shown('keepDays', config.journal.keep_days),
    maxBytes: shown('maxBytes', config.journal.max_bytes),
    bodies: shown('bodies', config.journal.bodies),
    webhooks: await webhookViews(context),
    logLevel: shown('logLevel', config.logging.level),
    logFile: shown('logFile', config.logging.file),
    ...(context.desktop === undefined ? {} : { startAtLogin: context.desktop.startsAtLogin() }),
    keychain: await keychainState(context),
    settingsFile: context.settings.path,
    ...(configFile === undefined ? {} : { configFile }),
  }
}

async function keychainState(context: ConsoleContext): Promise<SettingsView['keychain']> {
  try {
    await context.secrets.get(PROBE)
    return { available: true }
  } catch (cause) {
    if (!(cause instanceof LazuliError)) throw cause
    return { available: false, problem: cause.toFailure() }
  }
}
