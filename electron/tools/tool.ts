/** What each file about one tool says of it. */
import type { ModelChoice } from '../../shared/model-facts.ts'
import type { Snippet, ToolId, ToolView } from '../../shared/tools.ts'
import type { Machine } from './machine.ts'
import type { Setting } from './setting.ts'

/** A model's part in a tool. */
export interface Role {
  id: string
  label: string
  /** Names that fit, the best first; where none is served, the first model is taken. */
  prefers: readonly RegExp[]
}

/** A model as it was chosen for a role; the windows are known for names that Lazuli lists. */
export type ChosenModel = Pick<ModelChoice, 'name'> & Partial<Pick<ModelChoice, 'contextWindow' | 'outputCap'>>

/** What a tool is to be connected to. */
export interface SetUp {
  machine: Machine
  /** Without a slash at the end, without `/v1`. */
  baseUrl: string
  /** The local key, or a word in its place where every program may call: some tools do not start without one. */
  key: string
  /** By the id of the role; a role without a model is absent. */
  models: Readonly<Record<string, ChosenModel>>
  /** Every name that can be asked for. */
  served: readonly ChosenModel[]
}

/** A file of settings, and what it is to say. */
export interface SettingsFile {
  path: string
  format: 'json' | 'toml' | 'yaml'
  settings: readonly Setting[]
  /** Text of a new file, where an empty one is not enough. */
  initial?: string
}

/** How one local tool is pointed at Lazuli. Nothing here touches the disk but `file…` questions of `Disk`. */
export interface Tool {
  id: ToolId
  name: string
  mark: string
  speaks: string
  kind: ToolView['kind']
  way: ToolView['way']
  about: string
  /** Commands that start it, without `.exe`. */
  commands: readonly string[]
  /** Folders of which one is there when it is installed. */
  traces?: (machine: Machine) => string[]
  /** Names under which the traffic lists it. */
  clients: RegExp
  /** Where it is set, where that is no file. */
  where?: string
  roles: readonly Role[]
  /** Its files; `exists` tells whether a path is there, for tools that read one of several. */
  files?: (setUp: SetUp, exists: (path: string) => boolean) => SettingsFile[]
  snippets: (setUp: SetUp) => Snippet[]
  /** What else the user has to know or to do, given what its files say now. */
  notes?: (setUp: SetUp, current: readonly unknown[], exists: (path: string) => boolean) => string[]
  /** Arguments with which it asks one question and ends. */
  run?: readonly string[]
}

/** One model for everything that a tool does. */
export const MAIN_MODEL: Role = { id: 'main', label: 'Model', prefers: [/^gpt-5(\.\d+)?$/i, /gpt/i, /claude/i] }
/** For tools of Anthropic's API. */
export const MAIN_CLAUDE: Role = { id: 'main', label: 'Model', prefers: [/claude.*sonnet/i, /claude/i] }

/** A model's window that is known for all of these; undefined where one is not. */
export function smallestWindow(models: readonly (ChosenModel | undefined)[]): number | undefined {
  const windows = models.flatMap((model) => (model?.contextWindow === undefined ? [] : [model.contextWindow]))
  return windows.length === 0 || windows.length < models.length ? undefined : Math.min(...windows)
}

/** Lines that set variables for one terminal, for POSIX shells and for PowerShell. */
export function environmentSnippets(variables: Readonly<Record<string, string>>): Snippet[] {
  const rows = Object.entries(variables)
  return [
    { title: 'Shell', language: 'sh', text: rows.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join('') },
    {
      title: 'PowerShell',
      language: 'powershell',
      text: rows.map(([name, value]) => `$env:${name} = '${value.replaceAll("'", "''")}'\n`).join(''),
    },
  ]
}

/** A word of a POSIX shell. */
export function quoted(value: string): string {
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
