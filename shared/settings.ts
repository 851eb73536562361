/** What the Settings page shows and changes, each value with its source. Part of the console's contract. */
import * as z from 'zod'
import { base } from './contract-base.ts'
import { AlertKind, Config, Source } from './config.ts'
import { Failure } from './exchange.ts'

const server = Config.shape.server.unwrap().shape
const journal = Config.shape.journal.unwrap().shape

const setting = <T extends z.ZodType>(value: T) => z.object({ value, source: Source })
const Theme = z.enum(['system', 'light', 'dark'])
const Auth = z.enum(['token', 'open'])
const Level = z.enum(['debug', 'info', 'warn', 'error'])

/** Where trouble is told. The address is a secret: only its host is shown. */
export const WebhookView = z.object({
  id: z.string(),
  kind: AlertKind,
  /** Absent where the address cannot be read. */
  host: z.string().optional(),
  source: Source,
  problem: Failure.optional(),
})
export type WebhookView = z.infer<typeof WebhookView>

export const SettingsView = z.object({
  port: setting(z.number().int()),
  /** The port that is in use now; differs from `port` until a restart. */
  activePort: z.number().int(),
  host: setting(z.string()),
  /** The address that is listened on now; differs from `host` until a restart. */
  activeHost: z.string(),
  auth: setting(Auth),
  hasToken: z.boolean(),
  tokenSource: Source,
  theme: setting(Theme),
  /** Days that recorded traffic is kept, and the bytes that it may take, whichever comes first. */
  keepDays: setting(z.number()),
  maxBytes: setting(z.number().int()),
  /** Are bodies recorded, beside heads, figures and decisions? */
  bodies: setting(z.boolean()),
  webhooks: z.array(WebhookView),
  logLevel: setting(Level),
  /** As it was written: relative to the directory that the user stood in. */
  logFile: setting(z.string().optional()),
  /** Only on the desktop. */
  startAtLogin: z.boolean().optional(),
  keychain: z.object({ available: z.boolean(), problem: Failure.optional() }),
  settingsFile: z.string(),
  configFile: z.string().optional(),
})
export type SettingsView = z.infer<typeof SettingsView>

/** What is absent stays as it is. */
export const SettingsChange = z.object({
  port: server.port.unwrap().optional(),
  host: server.host.unwrap().optional(),
  auth: Auth.optional(),
  theme: Theme.optional(),
  keepDays: journal.keep_days.unwrap().optional(),
  maxBytes: journal.max_bytes.unwrap().optional(),
  bodies: z.boolean().optional(),
  logLevel: Level.optional(),
  /** null: no file. */
  logFile: z.string().min(1).nullable().optional(),
  startAtLogin: z.boolean().optional(),
})
export type SettingsChange = z.infer<typeof SettingsChange>

export const NewWebhook = z.object({
  kind: AlertKind,
  url: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }),
})
export type NewWebhook = z.infer<typeof NewWebhook>

export const settingsProcedures = {
  get: base.output(SettingsView),
  /** Port and address take effect at the next start, everything else at once. */
  save: base.input(SettingsChange).output(SettingsView),
  revealToken: base.output(z.object({ token: z.string() })),
  /** Makes a new local key; the old one stops working at once. */
  renewToken: base.output(z.object({ token: z.string() })),
  /** Its address goes into the keychain; the settings file holds a reference. */
  addWebhook: base.input(NewWebhook).output(SettingsView),
  removeWebhook: base.input(z.object({ id: z.string() })).output(SettingsView),
  /** Posts a message to it, now. */
  testWebhook: base.input(z.object({ id: z.string() })).output(z.object({ ok: z.boolean(), message: z.string() })),
  /** The latest lines of the program's log, as they were written, oldest first. */
  log: base.output(z.object({ lines: z.array(z.string()) })),
  /** Shows the data folder in the file manager; on the desktop only. */
  openDataFolder: base.output(z.void()),
}
