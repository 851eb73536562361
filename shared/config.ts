/**
 * The one schema of the whole configuration, whatever source it came from: settings file, YAML, environment, flags
 * (product.md §2). Keys are written as users write them in YAML. Unknown keys are errors that name the key.
 */
import * as z from 'zod'
import { DialectId } from './exchange.ts'

const Url = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })
const Name = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 'letters, digits, space, dot, dash and underscore only')

/** Kinds of upstream, see `electron/proxy/upstreams/`. */
export const ProviderType = z.enum([
  'azure',
  'azure-gateway',
  'openai',
  'anthropic',
  'generic',
  'simulator',
  'recording',
])
export type ProviderType = z.infer<typeof ProviderType>

const seconds = z.number().min(0.05).max(86_400)

const API_VERSION = /^(v1|preview|\d{4}-\d{2}-\d{2}(-preview)?)$/
const WHICH_VERSION = 'must be v1, preview or a date such as 2024-10-21'

/** An api-version of Azure's. */
const ApiVersion = z.string().regex(API_VERSION, WHICH_VERSION)

/** An identity of Microsoft Entra ID. */
export const Entra = z.strictObject({
  /** interactive: a browser opens; on the desktop only. */
  credential: z.enum(['default', 'managed_identity', 'workload', 'cli', 'secret', 'interactive']).default('default'),
  tenant_id: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, 'must be the id or a domain of a tenant')
    .optional(),
  client_id: z.string().min(1).optional(),
  /** Of an app registration. Only from YAML or the environment, as `${NAME}`; it is never shown. */
  client_secret: z.string().min(1).optional(),
})
export type Entra = z.infer<typeof Entra>

export const Instance = z.strictObject({
  name: Name,
  provider_type: ProviderType.default('azure'),
  /** The resource's address as the portal shows it; normalised by the upstream. Absent for the simulator. */
  api_base: Url.optional(),
  /**
   * `v1` or a dated api-version such as 2024-10-21; see `apiVersionProblem`. A gateway takes any text, and without one
   * (which is `v1` here) `fake`.
   */
  api_version: z.string().min(1).default('v1'),
  /** For the Responses API; absent: that of `api_version` if it has Responses, else v1. */
  responses_api_version: ApiVersion.optional(),
  /** For the list of models; absent: `api_version`. */
  models_api_version: ApiVersion.optional(),
  /** `anthropic-version` of requests to Claude whose client names none. */
  anthropic_version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2023-06-01')
    .optional(),
  /**
   * key: one stored key. entra: an identity token, see `entra`. passthrough: the caller's own key goes on. Absent: key if
   * there is one, else entra if that is described, else passthrough.
   */
  auth: z.enum(['key', 'entra', 'passthrough']).optional(),
  /** The key itself. Only from YAML or the environment; it is never written to the settings file. */
  api_key: z.string().min(1).optional(),
  /** Name of the key in the operating system's keychain. Only in the settings file. */
  key_ref: z.string().min(1).optional(),
  /** Lower is asked first. */
  priority: z.number().int().min(0).default(100),
  weight: z.number().min(0).default(100),
  enabled: z.boolean().default(true),
  /** Present: exactly these names (case ignored). Absent: any name. */
  supported_models: z.array(z.string().min(1)).optional(),
  /** Model name → deployment, for this instance. */
  model_deployments: z.record(z.string(), z.string()).default({}),
  /** Deployment → base model, where the deployment's name does not tell (`prod-chat` → `gpt-5`). */
  base_models: z.record(z.string(), z.string()).default({}),
  matching: z.enum(['exact', 'flexible']).optional(),
  /** Limits of the resource; 0 input tokens = no limit. */
  max_tpm: z.number().min(0).optional(),
  max_rpm: z.number().min(0).optional(),
  /** Limits of single deployments, by name (case ignored), beside those of the whole resource. */
  deployment_limits: z
    .record(
      z.string().min(1),
      z.strictObject({ max_tpm: z.number().min(0).optional(), max_rpm: z.number().min(0).optional() }),
    )
    .optional(),
  max_input_tokens: z.number().int().min(0).optional(),
  rate_limit_enabled: z.boolean().optional(),
  retry_count: z.number().int().min(0).optional(),
  /** Seconds until the first byte and between two reads; `timeout_seconds` is the predecessor's spelling. */
  timeout: seconds.optional(),
  timeout_seconds: seconds.optional(),
  /** The same for streams; absent: as `timeout`. */
  stream_timeout: seconds.optional(),
  /** HTTP proxy for this instance alone, in place of HTTP(S)_PROXY and whatever NO_PROXY says; loopback is never proxied. */
  proxy_url: Url.optional(),
  /** PEM file of a private certificate authority that is trusted beside the known ones. */
  ca_file: z.string().min(1).optional(),
  /** What an identity token is asked for; absent: what the api-version wants, see `electron/proxy/identity/scope.ts`. */
  scope: z.string().min(1).optional(),
  /** Who signs in with `auth: entra`; absent: whoever is found first (environment, workload, managed identity, az login …). */
  entra: Entra.optional(),
  /** Where an answer comes whole and a stream is wanted: slices into which each text is cut; absent: 2. */
  pseudo_sse_chunks: z.number().int().min(1).optional(),
  enable_vision: z.boolean().optional(),
  /** Of type recording: the bundle whose answers are played again; relative to the user's directory, else to that of this file. */
  recording: z.string().min(1).optional(),
  /** 1 (as recorded) when absent; 2 is twice as fast, 0 at once. */
  speed: z.number().min(0).max(1000).optional(),
  /**
   * When is a request a recorded one? conversation: all that was said is the same (this when absent). last_message: what
   * was said since the model spoke last is. sequence: whatever it says, the next one of its model.
   */
  match: z.enum(['conversation', 'last_message', 'sequence']).optional(),
})
export type Instance = z.infer<typeof Instance>

/** Why an api-version cannot be one of this kind of upstream: Azure's are known, a gateway may want whatever it likes. */
export function apiVersionProblem(provider: unknown, version: unknown): string | undefined {
  if (provider === 'azure-gateway' || typeof version !== 'string' || API_VERSION.test(version)) return undefined
  return WHICH_VERSION
}

/** With what depends on two of its keys; named beside whatever else is wrong. */
const CheckedInstance = Instance.refine(
  ({ provider_type: provider, api_version: version }) => apiVersionProblem(provider, version) === undefined,
  {
    path: ['api_version'],
    error: WHICH_VERSION,
    when: ({ value }) => typeof value === 'object' && value !== null,
  },
)

/** One row of the mapping table; the first row that matches wins. */
export const Rule = z.strictObject({
  /** A model name, or a pattern with `*`. Compared without case. */
  model: z.string().trim().min(1).max(256),
  /** Instances that may serve it, in order; empty = any. */
  instances: z.array(Name).default([]),
  /** Deployment; absent = same as the model. */
  deployment: z.string().trim().min(1).max(256).optional(),
  /** Which upstream API to speak; auto = by base model. */
  api: z.enum(['auto', ...DialectId.options]).default('auto'),
  base_model: z.string().trim().min(1).max(256).optional(),
})
export type Rule = z.infer<typeof Rule>

const usd = z.number().min(0)

/** What a limit does once it is reached: tell, or refuse further requests until the period is over. */
const OnExceed = z.enum(['warn', 'block'])
const limits = {
  /** USD in a day, and in a month, of this machine's calendar. */
  daily: usd.positive().optional(),
  monthly: usd.positive().optional(),
}

/** A limit of what may be spent. */
export const Budget = z
  .strictObject({
    /**
     * `all`, the name of a local key (or `key:NAME`), or a deployment as `instance/deployment` or by its name alone on
     * whatever instance (or `deployment:…`). Case does not matter.
     */
    scope: z.string().trim().min(1).max(256),
    ...limits,
    on_exceed: OnExceed.default('warn'),
  })
  .refine(({ daily, monthly }) => daily !== undefined || monthly !== undefined, {
    path: ['daily'],
    error: 'must be set, or monthly',
  })
export type Budget = z.infer<typeof Budget>

/** A further key for callers, with rules of its own. */
export const LocalKey = z.strictObject({
  name: Name,
  /** The key itself. Only from YAML or the environment, as `${NAME}`. */
  key: z.string().min(16, 'must have at least 16 characters').optional(),
  /** SHA-256 of the key, in hex: all that the settings file keeps of it. */
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')
    .optional(),
  /** Names or patterns with `*` of the models that may be asked for; absent: any. Case does not matter. */
  models: z.array(z.string().trim().min(1).max(256)).min(1).optional(),
  ...limits,
  on_exceed: OnExceed.default('block'),
  /** Last day on which it opens, or the moment from which it does not any more. */
  expires: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date such as 2027-01-31, or a time')
    .optional(),
  created: z.string().optional(),
})
export type LocalKey = z.infer<typeof LocalKey>

/** A key is written or its digest is, never both or none. */
const CheckedLocalKey = LocalKey.refine(({ key, hash }) => (key === undefined) !== (hash === undefined), {
  path: ['key'],
  error: 'must be set (or hash in its place)',
})

/** A price of the user's own, in USD per million tokens. What is left out stays as in the price list. */
export const OwnPrice = z.strictObject({
  input: usd.optional(),
  /** Input read from the cache. */
  cached: usd.optional(),
  /** Input written to the cache; `1h`: kept for an hour; absent: as `cache_write`. */
  cache_write: usd.optional(),
  cache_write_1h: usd.optional(),
  output: usd.optional(),
})
export type OwnPrice = z.infer<typeof OwnPrice>

/** By `instance/deployment`, deployment or model, the most special one first. Case does not matter. */
export const OwnPrices = z.record(z.string().trim().min(1), OwnPrice)
export type OwnPrices = z.infer<typeof OwnPrices>

/** Whose form of webhook: `webhook` is plain JSON. */
export const AlertKind = z.enum(['feishu', 'slack', 'teams', 'webhook'])
export type AlertKind = z.infer<typeof AlertKind>

/** An address that the keychain holds: what the settings file keeps of one that was entered in the window. */
const KeptAddress = z.string().regex(/^keychain:[\w-]+$/)
const Webhook = z.union([Url, KeptAddress, z.literal('')], 'must be an http(s) address')
const Webhooks = z.union([Webhook, z.array(Webhook)], 'must be an http(s) address, or a list of them').optional()

/** Python's names of levels that have another one here. */
const PYTHON_LEVELS: Readonly<Record<string, string>> = { warning: 'warn', critical: 'error' }

/** Levels as users write them; Python's spelling is accepted. */
const LogLevel = z.preprocess(
  (value) => (typeof value === 'string' ? (PYTHON_LEVELS[value.toLowerCase()] ?? value.toLowerCase()) : value),
  z.enum(['debug', 'info', 'warn', 'error']),
)

export const Config = z.strictObject({
  /** The predecessor's YAML names itself; kept for the reader, without meaning. */
  name: z.string().optional(),
  version: z.union([z.string(), z.number()]).optional(),
  /** The predecessor's spelling of `server.port`. */
  port: z.number().int().min(0).max(65_535).optional(),
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(11_437),
      /** Absent: `token` on the desktop; headless `token` when one is set, else `open` on loopback. */
      auth: z.enum(['token', 'open']).optional(),
      token: z.string().min(8, 'must have at least 8 characters').optional(),
      /** Opens `/config` and what else changes the program; another one than `token`. */
      admin_token: z.string().min(8, 'must have at least 8 characters').optional(),
      /** Further keys by name, beside `token`; they open the models alone. */
      keys: z.array(CheckedLocalKey).max(500).default([]),
      /** May a request name its own Azure resource: no, Azure's public hosts, or exactly these origins. */
      client_endpoints: z.union([z.boolean(), z.array(Url)], 'must be true, false or a list of origins').default(false),
      /** Host names besides loopback that a request may name, e.g. `host.docker.internal`. */
      hosts: z.array(z.string().min(1)).default([]),
      /** Web origins that may call from a browser. */
      cors_origins: z.array(z.string().min(1)).default([]),
      /** Largest JSON body, in bytes. */
      max_body: z
        .number()
        .int()
        .min(1024)
        .default(64 * 1024 * 1024),
    })
    .prefault({}),
  instances: z.array(CheckedInstance).default([]),
  models: z.array(Rule).default([]),
  /** Seconds. first_byte: from the request's end to the answer's first byte. idle: between two reads. total: everything. */
  timeouts: z
    .strictObject({
      connect: seconds.default(10),
      first_byte: seconds.default(600),
      idle: seconds.default(300),
      total: seconds.default(3600),
    })
    .prefault({}),
  routing: z
    .strictObject({
      strategy: z.enum(['failover', 'weighted', 'round_robin', 'least_latency']).default('failover'),
      retries: z.number().int().min(0).default(3),
      timeout: seconds.optional(),
      /** Ask each instance for its list of models so often; absent: never. */
      probe_seconds: z.number().min(5).max(86_400).optional(),
    })
    .prefault({}),
  /** Between two APIs. */
  translation: z
    .strictObject({
      /**
       * Tools that run at the API's maker (web search, …) and that the other API does not have. auto: left out and
       * declared beside other tools, refused where the answer depends on one. drop: always left out. refuse: never.
       */
      hosted_tools: z.enum(['auto', 'drop', 'refuse']).default('auto'),
      /** Stop sequences, for which Responses has no field: left out and declared, or refused. */
      stop: z.enum(['drop', 'refuse']).default('drop'),
      /** Refuse every request that could not arrive unchanged, as `x-lazuli-strict: 1` does for one. */
      strict: z.boolean().default(false),
    })
    .prefault({}),
  monitoring: z
    .strictObject({
      stats_window_minutes: z.number().int().min(1).default(5),
      additional_windows: z.array(z.number().int().min(1)).default([15, 30, 60]),
    })
    .prefault({}),
  logging: z
    .strictObject({
      level: LogLevel.default('info'),
      /** Beside stdout; relative to the directory that the user stood in. */
      file: z.string().min(1).optional(),
      /** Bytes of one file, and how many full ones are kept beside the current one. */
      max_size: z
        .number()
        .int()
        .min(1024)
        .default(5 * 1024 * 1024),
      backup_count: z.number().int().min(0).max(1000).default(3),
      /** The predecessor's spelling of `alerts.feishu`. Empty: switched off. */
      feishu_webhook: Webhook.optional(),
    })
    .prefault({}),
  journal: z
    .strictObject({
      keep_days: z.number().min(0).default(14),
      /** Bound of the store on disk, in bytes. */
      max_bytes: z
        .number()
        .int()
        .min(1024 * 1024)
        .default(1024 * 1024 * 1024),
      /** Store request and answer bodies? Without, only heads, figures and the decision are kept. */
      bodies: z.boolean().default(true),
    })
    .prefault({}),
  /** In place of list prices, or where none is known. */
  prices: OwnPrices.optional(),
  /** Limits of what may be spent. */
  budgets: z.array(Budget).max(500).default([]),
  /** Where to tell of trouble. */
  alerts: z
    .strictObject({ feishu: Webhooks, slack: Webhooks, teams: Webhooks, webhook: Webhooks } satisfies Record<
      AlertKind,
      unknown
    >)
    .optional(),
  /** Where counters live that several programs share. */
  state: z
    .string()
    .regex(/^(memory|rediss?:\/\/.+)$/, 'must be memory or a redis:// address')
    .optional(),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
})
export type Config = z.infer<typeof Config>
/** What a source may write: everything optional. */
export type ConfigInput = z.input<typeof Config>

/** Where a value came from; the window shows it beside a field that it cannot change. */
export const Source = z.enum(['default', 'settings', 'file', 'environment', 'flag'])
export type Source = z.infer<typeof Source>

/**
 * Keys that are read and validated, so that a predecessor's file loads as it stands, but that nothing acts on yet. The
 * loader names those that a user has set; a feature that starts to use one takes it off this list.
 */
export const KEYS_WITHOUT_EFFECT: readonly string[] = ['state']
