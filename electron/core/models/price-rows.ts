/**
 * List prices as data: USD per one million tokens, Global Standard. A row holds from its day until a later row of the
 * same model; each day's rows list all tiers. What is not listed here is unpriced.
 */

/** USD per one million tokens. */
export interface Price {
  input: number
  /** Input read from the cache; absent: there is no discount. */
  cached?: number
  /** Input written to the cache; absent: as input. `1h`: kept for an hour; absent: as `5m`. */
  cacheWrite5m?: number
  cacheWrite1h?: number
  /** Absent: the model has no output that is paid by the token. */
  output?: number
}

export interface PriceRow extends Price {
  /** Names without dates and vendor, lower case; dots and dashes count as the same. */
  models: readonly string[]
  /** First day (UTC) of this price, `YYYY-MM-DD`; absent: no earlier one is known. */
  from?: string
  /** Holds for prompts of more input tokens than this, cached ones included; absent: for all. */
  above?: number
  /** Paid on top of what the model costs that answered. */
  adds?: true
  /** When the figures were read, `YYYY-MM-DD`. */
  asOf: string
  source: string
}

const azure = {
  asOf: '2026-08-21',
  source: 'models.dev, provider azure (2026-07-02); github.com/pydantic/genai-prices (2026-08-21)',
}
/** Its page also says: cache writes 1.25 times the input; a prompt beyond 272k twice the input and 1.5 times the output. */
const openai = { asOf: '2026-11-21', source: 'developers.openai.com/api/docs/models/gpt-5.6-luna' }
const claude = { asOf: '2026-11-20', source: 'platform.claude.com/docs/en/about-claude/pricing' }

/** Longer prompts cost more, from GPT-5.4 on. */
const long = 272_000
const haikuLong = 100_000
/** Day on which GPT-5.6 Terra and Luna became cheaper. */
const cut = '2026-07-30'

const openaiRows: readonly PriceRow[] = [
  { models: ['gpt-4o'], input: 2.5, cached: 1.25, output: 10, ...azure },
  { models: ['gpt-4o-mini'], input: 0.15, cached: 0.075, output: 0.6, ...azure },
  { models: ['gpt-4.1'], input: 2, cached: 0.5, output: 8, ...azure },
  { models: ['gpt-4.1-mini'], input: 0.4, cached: 0.1, output: 1.6, ...azure },
  { models: ['gpt-4.1-nano'], input: 0.1, cached: 0.025, output: 0.4, ...azure },
  { models: ['gpt-5', 'gpt-5-codex', 'gpt-5.1'], input: 1.25, cached: 0.125, output: 10, ...azure },
  { models: ['gpt-5-mini', 'gpt-5.1-codex-mini'], input: 0.25, cached: 0.025, output: 2, ...azure },
  { models: ['gpt-5-nano'], input: 0.05, cached: 0.005, output: 0.4, ...azure },
  { models: ['gpt-5-pro'], input: 15, output: 120, ...azure },
  { models: ['gpt-5.2', 'gpt-5.2-codex', 'gpt-5.3-codex'], input: 1.75, cached: 0.175, output: 14, ...azure },
  { models: ['gpt-5.4'], input: 2.5, cached: 0.25, output: 15, ...azure },
  { models: ['gpt-5.4'], above: long, input: 5, cached: 0.5, output: 22.5, ...azure },
  { models: ['gpt-5.4-mini'], input: 0.75, cached: 0.075, output: 4.5, ...azure },
  { models: ['gpt-5.4-nano'], input: 0.2, cached: 0.02, output: 1.25, ...azure },
  { models: ['gpt-5.4-pro'], input: 30, output: 180, ...azure },
  { models: ['gpt-5.4-pro'], above: long, input: 60, output: 270, ...azure },
  { models: ['gpt-5.5'], input: 5, cached: 0.5, output: 30, ...azure },
  { models: ['gpt-5.5'], above: long, input: 10, cached: 1, output: 45, ...azure },
  { models: ['gpt-5.6-sol'], input: 5, cached: 0.5, cacheWrite5m: 6.25, output: 30, ...openai },
  { models: ['gpt-5.6-sol'], above: long, input: 10, cached: 1, cacheWrite5m: 12.5, output: 45, ...openai },
  { models: ['gpt-5.6-terra'], input: 2.5, cached: 0.25, cacheWrite5m: 3.125, output: 15, ...openai },
  { models: ['gpt-5.6-terra'], above: long, input: 5, cached: 0.5, cacheWrite5m: 6.25, output: 22.5, ...openai },
  { models: ['gpt-5.6-terra'], from: cut, input: 2, cached: 0.2, cacheWrite5m: 2.5, output: 12, ...openai },
  { models: ['gpt-5.6-terra'], from: cut, above: long, input: 4, cached: 0.4, cacheWrite5m: 5, output: 18, ...openai },
  { models: ['gpt-5.6-luna'], input: 1, cached: 0.1, cacheWrite5m: 1.25, output: 6, ...openai },
  { models: ['gpt-5.6-luna'], above: long, input: 2, cached: 0.2, cacheWrite5m: 2.5, output: 9, ...openai },
  { models: ['gpt-5.6-luna'], from: cut, input: 0.2, cached: 0.02, cacheWrite5m: 0.25, output: 1.2, ...openai },
  {
    models: ['gpt-5.6-luna'],
    from: cut,
    above: long,
    input: 0.4,
    cached: 0.04,
    cacheWrite5m: 0.5,
    output: 1.8,
    ...openai,
  },
  { models: ['o1'], input: 15, cached: 7.5, output: 60, ...azure },
  { models: ['o3'], input: 2, cached: 0.5, output: 8, ...azure },
  { models: ['o3-mini'], input: 1.1, cached: 0.55, output: 4.4, ...azure },
  { models: ['o4-mini'], input: 1.1, cached: 0.275, output: 4.4, ...azure },
  { models: ['codex-mini'], input: 1.5, cached: 0.375, output: 6, ...azure },
  { models: ['model-router'], adds: true, input: 0.14, ...azure },
  // Input is text; pictures in the input cost more and are not told apart.
  { models: ['gpt-image-1'], input: 5, cached: 1.25, output: 40, ...azure },
  { models: ['gpt-image-1.5'], input: 5, cached: 1.25, output: 32, ...azure },
  { models: ['gpt-image-2'], input: 5, cached: 1.25, output: 30, ...azure },
  { models: ['text-embedding-3-large'], input: 0.13, ...azure },
  { models: ['text-embedding-3-small'], input: 0.02, ...azure },
  { models: ['text-embedding-ada-002'], input: 0.1, ...azure },
]

const openWeightRows: readonly PriceRow[] = [
  { models: ['deepseek-r1', 'deepseek-r1-0528'], input: 1.35, output: 5.4, ...azure },
  { models: ['deepseek-v3.2'], input: 0.58, output: 1.68, ...azure },
  { models: ['deepseek-v4-pro'], input: 1.74, output: 3.48, ...azure },
  { models: ['deepseek-v4-flash'], input: 0.19, output: 0.51, ...azure },
  {
    models: ['grok-4-1-fast', 'grok-4-1-fast-reasoning', 'grok-4-1-fast-non-reasoning'],
    input: 0.2,
    cached: 0.05,
    output: 0.5,
    ...azure,
  },
  {
    models: ['grok-4-20', 'grok-4-20-reasoning', 'grok-4-20-non-reasoning'],
    input: 2,
    output: 6,
    ...azure,
  },
  { models: ['llama-3.3-70b', 'llama-3.3-70b-instruct'], input: 0.71, output: 0.71, ...azure },
  {
    models: ['llama-4-maverick', 'llama-4-maverick-17b-128e-instruct', 'llama-4-maverick-17b-128e-instruct-fp8'],
    input: 0.25,
    output: 1,
    ...azure,
  },
  { models: ['mistral-medium', 'mistral-medium-2505'], input: 0.4, output: 2, ...azure },
  { models: ['mistral-small', 'mistral-small-2503'], input: 0.1, output: 0.3, ...azure },
  { models: ['kimi-k2.5'], input: 0.6, output: 3, ...azure },
  { models: ['kimi-k2.6'], input: 0.95, output: 4, ...azure },
  { models: ['phi-4'], input: 0.125, output: 0.5, ...azure },
  { models: ['cohere-command-a'], input: 2.5, output: 10, ...azure },
]

/** Anthropic's cache writes are 1.25 times the input for five minutes and twice the input for an hour. */
const claudeRows: readonly PriceRow[] = [
  {
    models: ['claude-fable-5-1'],
    input: 10,
    cached: 0.25,
    cacheWrite5m: 12.5,
    cacheWrite1h: 20,
    output: 50,
    ...claude,
  },
  { models: ['claude-fable-5'], input: 10, cached: 1, cacheWrite5m: 12.5, cacheWrite1h: 20, output: 50, ...claude },
  { models: ['claude-opus-5-5'], input: 4, cached: 0.2, cacheWrite5m: 5, cacheWrite1h: 8, output: 20, ...claude },
  {
    models: ['claude-opus-5', 'claude-opus-4-8', 'claude-opus-4-7', 'claude-opus-4-6', 'claude-opus-4-5'],
    input: 5,
    cached: 0.5,
    cacheWrite5m: 6.25,
    cacheWrite1h: 10,
    output: 25,
    ...claude,
  },
  { models: ['claude-sonnet-5-5'], input: 2, cached: 0.2, cacheWrite5m: 2.5, cacheWrite1h: 4, output: 10, ...claude },
  {
    models: ['claude-sonnet-5-5'],
    from: '2026-10-07',
    input: 2,
    cached: 0.1,
    cacheWrite5m: 2.5,
    cacheWrite1h: 4,
    output: 10,
    ...claude,
  },
  // Sources differ: genai-prices (2026-08-21) has 3/0.3/15 from 2026-09-01 on; the maker's own page is followed.
  { models: ['claude-sonnet-5'], input: 2, cached: 0.2, cacheWrite5m: 2.5, cacheWrite1h: 4, output: 10, ...claude },
  {
    models: ['claude-sonnet-4-6', 'claude-sonnet-4-5'],
    input: 3,
    cached: 0.3,
    cacheWrite5m: 3.75,
    cacheWrite1h: 6,
    output: 15,
    ...claude,
  },
  {
    models: ['claude-haiku-5-5'],
    from: '2026-10-07',
    input: 0.1,
    cached: 0.01,
    cacheWrite5m: 0.125,
    cacheWrite1h: 0.2,
    output: 0.5,
    ...claude,
  },
  {
    models: ['claude-haiku-5-5'],
    from: '2026-10-07',
    above: haikuLong,
    input: 0.5,
    cached: 0.05,
    cacheWrite5m: 0.625,
    cacheWrite1h: 1,
    output: 2.5,
    ...claude,
  },
  { models: ['claude-haiku-4-5'], input: 1, cached: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2, output: 5, ...claude },
]

export const priceRows: readonly PriceRow[] = [...openaiRows, ...openWeightRows, ...claudeRows]
