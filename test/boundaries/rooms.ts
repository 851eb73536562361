/** The rooms of the house and who may import whom: the table of the architecture, as data. */

export type Room =
  | 'shared'
  | 'core'
  | 'routing'
  | 'config'
  | 'journal'
  | 'alerts'
  | 'chats'
  | 'proxy'
  | 'tools'
  | 'console'
  | 'cli'
  | 'engine'
  | 'desktop'
  | 'main'
  | 'serve'
  | 'preload'
  | 'renderer'
  | 'start'

interface Rule {
  /** Rooms besides its own. */
  imports: readonly Room[]
  /** Rooms of which only the types may be named: nothing is loaded, so nothing depends on it when it runs. */
  types?: readonly Room[]
  /** Packages and Node's own modules, matched from the start of the specifier. Absent: any but `electron`. */
  packages?: readonly RegExp[]
}

export const RULES: Readonly<Record<Room, Rule>> = {
  shared: { imports: [], packages: [/^zod$/, /^@orpc\/contract$/] },
  core: { imports: ['shared'], packages: [/^zod$/] },
  routing: { imports: ['core', 'shared'], types: ['config'] },
  config: { imports: ['core', 'shared'], types: ['routing'] },
  journal: { imports: ['core', 'shared'] },
  alerts: { imports: ['core', 'shared'], types: ['config'] },
  chats: { imports: ['core', 'shared'] },
  proxy: { imports: ['routing', 'core', 'config', 'shared'] },
  tools: { imports: ['core', 'config', 'shared'] },
  console: { imports: ['routing', 'core', 'config', 'journal', 'chats', 'proxy', 'tools', 'shared'] },
  cli: { imports: ['routing', 'core', 'config', 'journal', 'proxy', 'tools', 'shared'] },
  engine: {
    imports: ['routing', 'core', 'config', 'journal', 'alerts', 'chats', 'proxy', 'tools', 'console', 'shared'],
  },
  // The entries bring what differs between the hosts (settings file, keychain) and name errors to the user: hence config
  // and core besides the engine.
  desktop: { imports: ['engine', 'config', 'core', 'shared'], types: ['console'], packages: [/^/] },
  main: { imports: ['desktop', 'engine', 'config', 'core', 'shared'], packages: [/^/] },
  serve: { imports: ['engine', 'cli', 'config', 'core', 'shared'] },
  preload: { imports: ['shared'], packages: [/^electron$/] },
  renderer: { imports: ['shared'], packages: [/^(?!node:|electron|undici|conf$|keytar|pino|sirv|yaml)/] },
  start: { imports: [], packages: [/^node:/] },
}

const ENTRIES: Readonly<Record<string, Room>> = {
  main: 'main',
  serve: 'serve',
  'serve-cached': 'serve',
  preload: 'preload',
  start: 'start',
}

/** The room of a file, by its path from the top; undefined outside the product. */
export function roomOf(path: string): Room | undefined {
  const [top, second = ''] = path.split('/')
  if (top === 'shared' || top === 'renderer') return top
  if (top !== 'electron') return undefined
  const name = second.replace(/\.m?tsx?$|\.mjs$/, '')
  // A file directly under electron/ that is no entry is a part of the engine.
  if (second !== name) return ENTRIES[name] ?? 'engine'
  return second in RULES ? (second as Room) : undefined
}

/** The room of one dialect, e.g. `chat` for `electron/core/dialects/chat/errors.ts`. */
export function dialectOf(path: string): string | undefined {
  return /^electron\/core\/dialects\/([^/]+)\//.exec(path)?.[1]
}

/**
 * Why one file may not import that, as a sentence; undefined when it may.
 *
 * @param to a path from the top for a file of ours, else the specifier of a package
 */
export function objection(from: string, to: string, kind: { typeOnly: boolean; ours: boolean }): string | undefined {
  const room = roomOf(from)
  if (room === undefined) return `${from} is in no known room`
  const { imports, types = [], packages = [/^(?!electron($|\/|-store$))/] } = RULES[room]
  if (!kind.ours)
    return packages.some((allowed) => allowed.test(to)) ? undefined : `${from}: ${room} does not use ${to}`

  const [own, other] = [dialectOf(from), dialectOf(to)]
  if (own !== undefined && other !== undefined && own !== other) {
    return `${from} imports ${to}: dialects meet in the hub only`
  }
  const target = roomOf(to)
  if (target === undefined) return `${from} imports ${to}, which is in no room of the product`
  if (target === room || imports.includes(target)) return undefined
  if (kind.typeOnly && types.includes(target)) return undefined
  const allowed = [...imports, ...types.map((one) => `${one} (types)`)].join(', ') || 'nothing'
  return `${from} imports ${to}: ${room} may import ${allowed}`
}
