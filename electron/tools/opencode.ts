import { pathsOf, xdgConfig } from './machine.ts'
import { jsonSettings } from './json-settings.ts'
import type { Setting, SettingValue } from './setting.ts'
import { MAIN_MODEL, type ChosenModel, type SetUp, type Tool } from './tool.ts'

/** Where the output limit is not known; opencode wants both limits or none. */
const USUAL_OUTPUT = 32_000

/** opencode: a provider over `@ai-sdk/openai-compatible`. Without `limit` it would never compact a conversation. */
export const opencode: Tool = {
  id: 'opencode',
  name: 'opencode',
  mark: 'oc',
  speaks: 'Chat',
  kind: 'program',
  way: 'files',
  about: 'Every model that Lazuli serves is listed with its true limits; without them opencode never compacts.',
  commands: ['opencode'],
  traces: (machine) => [xdgConfig(machine, 'opencode')],
  clients: /^opencode$/,
  roles: [MAIN_MODEL, { id: 'small', label: 'Small model', prefers: [/mini|nano|haiku/i] }],
  files: (setUp, exists) => [{ path: configPath(setUp, exists), format: 'json', settings: settingsOf(setUp) }],
  snippets: (setUp) => [{ title: 'opencode.json', language: 'json', text: jsonSettings.change('', settingsOf(setUp)) }],
  run: ['run', 'Reply OK'],
}

/** It merges both spellings; the one with comments is read last. */
function configPath({ machine }: SetUp, exists: (path: string) => boolean): string {
  const named = machine.env['OPENCODE_CONFIG']
  if (named !== undefined && pathsOf(machine).isAbsolute(named)) return named
  const [commented, plain] = ['opencode.jsonc', 'opencode.json'].map((name) => xdgConfig(machine, 'opencode', name))
  return exists(commented!) ? commented! : plain!
}

function settingsOf({ baseUrl, key, models, served }: SetUp): Setting[] {
  const provider = (...path: string[]): string[] => ['provider', 'lazuli', ...path]
  const chosen = Object.values(models).filter(({ name }) => !served.some((model) => model.name === name))
  return [
    { path: ['$schema'], value: 'https://opencode.ai/config.json' },
    { path: provider('npm'), value: '@ai-sdk/openai-compatible' },
    { path: provider('name'), value: 'Lazuli' },
    { path: provider('options', 'baseURL'), value: `${baseUrl}/v1`, binds: true },
    { path: provider('options', 'apiKey'), value: key, binds: true },
    ...[...served, ...chosen].map((model) => ({ path: provider('models', model.name), value: describe(model) })),
    ...(models['main'] ? [{ path: ['model'], value: `lazuli/${models['main'].name}`, binds: true }] : []),
    ...(models['small'] ? [{ path: ['small_model'], value: `lazuli/${models['small'].name}` }] : []),
  ]
}

function describe({ name, contextWindow, outputCap }: ChosenModel): SettingValue {
  if (contextWindow === undefined) return { name }
  return { name, limit: { context: contextWindow, output: Math.min(outputCap ?? USUAL_OUTPUT, contextWindow) } }
}
