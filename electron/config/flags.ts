/** Command-line flags of both entries, by name, for `parseArgs`. */
export const FLAGS = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'data-dir': { type: 'string' },
  token: { type: 'string' },
  'log-level': { type: 'string' },
} as const

export type FlagTexts = { [K in keyof typeof FLAGS]?: string | undefined }

/** Flags by their place in the schema; texts are turned into what the schema asks for when it is read. */
export function flagValues(flags: FlagTexts): Record<string, unknown> {
  const server = Object.fromEntries(
    (['host', 'port', 'token'] as const).flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])),
  )
  return {
    ...(Object.keys(server).length === 0 ? {} : { server }),
    ...(flags['log-level'] === undefined ? {} : { logging: { level: flags['log-level'] } }),
  }
}
