/** The Settings page's part of the scripted console. */
import { implement } from '@orpc/server'
import { contract } from '../../shared/contract.ts'
import type { Failure } from '../../shared/exchange.ts'
import type { SettingsView } from '../../shared/settings.ts'

export interface SettingsScript {
  theme?: SettingsView['theme']['value']
  keychainProblem?: Failure
  fixed?: boolean
}

const LOG = [
  '{"level":30,"time":1763719200000,"pid":1,"hostname":"kim","address":"http://127.0.0.1:11437","msg":"Listening"}',
  '{"level":40,"time":1763719203000,"pid":1,"hostname":"kim","webhook":"slack","msg":"An alert could not be posted"}',
]

export function settingsRoutes(script: SettingsScript) {
  const os = implement(contract)
  const source = script.fixed ? ('environment' as const) : ('settings' as const)
  let token = 'lz-local-3f9cA1b2C3d4E5f6G7h8'
  let view: SettingsView = {
    port: { value: 11_437, source },
    activePort: 11_437,
    host: { value: '127.0.0.1', source },
    activeHost: '127.0.0.1',
    auth: { value: 'token', source },
    hasToken: true,
    tokenSource: source,
    theme: { value: script.theme ?? 'system', source },
    keepDays: { value: 14, source },
    maxBytes: { value: 1024 ** 3, source },
    bodies: { value: true, source },
    webhooks: [
      { id: 'webhook-1', kind: 'slack', host: 'hooks.slack.com', source },
      { id: 'webhook-0', kind: 'webhook', host: 'ops.example.com', source: 'file' },
    ],
    logLevel: { value: 'info', source },
    logFile: { value: undefined, source: 'default' },
    keychain: script.keychainProblem ? { available: false, problem: script.keychainProblem } : { available: true },
    settingsFile: '/home/kim/.local/share/lazuli/config.json',
    ...(script.fixed ? { configFile: '/etc/lazuli/lazuli.yaml' } : {}),
  }
  return {
    get: os.settings.get.handler(() => view),
    save: os.settings.save.handler(({ input }) => {
      const { startAtLogin: _startAtLogin, logFile, ...values } = input
      const changed = Object.entries(values).map(([key, value]) => [key, { value, source }] as const)
      view = { ...view, ...Object.fromEntries(changed) }
      if (logFile !== undefined) view = { ...view, logFile: { value: logFile ?? undefined, source } }
      return view
    }),
    revealToken: os.settings.revealToken.handler(() => ({ token })),
    renewToken: os.settings.renewToken.handler(() => {
      token = 'lz-local-newKeyNewKeyNewKey1'
      return { token }
    }),
    addWebhook: os.settings.addWebhook.handler(({ input }) => {
      const added = {
        id: `webhook-${view.webhooks.length + 1}`,
        kind: input.kind,
        host: new URL(input.url).host,
        source,
      }
      view = { ...view, webhooks: [...view.webhooks, added] }
      return view
    }),
    removeWebhook: os.settings.removeWebhook.handler(({ input }) => {
      view = { ...view, webhooks: view.webhooks.filter(({ id }) => id !== input.id) }
      return view
    }),
    testWebhook: os.settings.testWebhook.handler(({ input }) =>
      input.id === 'webhook-1'
        ? { ok: true, message: 'hooks.slack.com took the message.' }
        : { ok: false, message: 'Not taken: it answered 404' },
    ),
    log: os.settings.log.handler(() => ({ lines: LOG })),
  }
}
