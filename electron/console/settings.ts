import type { SettingsView } from '../../shared/contract.ts'
import { LazuliError } from '../core/error.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'

/** Asked for to learn whether the keychain answers; nothing is ever stored under it. */
const PROBE = 'probe'

export const settings = {
  get: os.settings.get.handler(({ context }) => view(context)),
  save: os.settings.save.handler(async ({ context, input }) => {
    await context.configuration.changeSettings((stored) => {
      const next = { ...stored }
      if (input.port !== undefined) next['server'] = { ...(stored['server'] as object | undefined), port: input.port }
      if (input.theme !== undefined) next['theme'] = input.theme
      return next
    })
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
}

async function view(context: ConsoleContext): Promise<SettingsView> {
  const { config, auth, token, sources } = context.configuration.current()
  const [configFile] = context.configuration.files.slice(-1)
  return {
    port: { value: config.server.port, source: sources.get('server.port') ?? 'default' },
    activePort: context.port,
    auth: { value: auth, source: sources.get('server.auth') ?? 'default' },
    hasToken: token !== undefined,
    tokenSource: sources.get('server.token') ?? 'default',
    theme: { value: config.theme, source: sources.get('theme') ?? 'default' },
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
