import { atHome, pathsOf } from './machine.ts'
import { valueAt, type Setting } from './setting.ts'
import { MAIN_MODEL, type SetUp, type Tool } from './tool.ts'
import { tomlSettings } from './toml-settings.ts'

/**
 * OpenAI's Codex: a provider of its own in `config.toml`. The key goes as a header of that provider, so that no variable
 * has to be in the environment of every terminal (`env_key` would want one).
 */
export const codex: Tool = {
  id: 'codex',
  name: 'Codex CLI',
  mark: 'Cx',
  speaks: 'Responses',
  kind: 'program',
  way: 'files',
  about: 'A provider of its own, and the true context window. Any model serves, also Claude.',
  commands: ['codex'],
  traces: (machine) => [atHome(machine, '.codex')],
  clients: /^Codex$/,
  roles: [{ ...MAIN_MODEL, prefers: [/codex/i, ...MAIN_MODEL.prefers] }],
  files: (setUp) => [{ path: configPath(setUp), format: 'toml', settings: settingsOf(setUp) }],
  snippets: (setUp) => [{ title: 'config.toml', language: 'toml', text: tomlSettings.change('', settingsOf(setUp)) }],
  notes(setUp, [settings]) {
    const profile = valueAt(settings, ['profile'])
    return [
      ...(typeof profile === 'string' ? [`The profile "${profile}" may set another model or provider and wins.`] : []),
      ...(setUp.models['main'] !== undefined && setUp.models['main'].contextWindow === undefined
        ? ['The context window of this model is not known here: set model_context_window yourself.']
        : []),
    ]
  },
  run: ['exec', '--skip-git-repo-check', '--sandbox', 'read-only', 'Reply OK'],
}

function configPath({ machine }: SetUp): string {
  const folder = machine.env['CODEX_HOME']
  return folder ? pathsOf(machine).join(folder, 'config.toml') : atHome(machine, '.codex', 'config.toml')
}

function settingsOf({ baseUrl, key, models }: SetUp): Setting[] {
  const provider = (...path: string[]): string[] => ['model_providers', 'lazuli', ...path]
  const { main } = models
  return [
    ...(main === undefined ? [] : [{ path: ['model'], value: main.name }]),
    { path: ['model_provider'], value: 'lazuli', binds: true },
    ...(main?.contextWindow === undefined ? [] : [{ path: ['model_context_window'], value: main.contextWindow }]),
    { path: provider('name'), value: 'Lazuli' },
    { path: provider('base_url'), value: `${baseUrl}/v1`, binds: true },
    { path: provider('wire_api'), value: 'responses' },
    { path: provider('http_headers', 'x-api-key'), value: key, binds: true },
  ]
}
