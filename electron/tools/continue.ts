import { atHome, pathsOf } from './machine.ts'
import type { Setting } from './setting.ts'
import { MAIN_MODEL, type SetUp, type Tool } from './tool.ts'
import { yamlSettings } from './yaml-settings.ts'

/** Continue (VS Code, JetBrains, `cn`): one model more in its list. */
export const continueDev: Tool = {
  id: 'continue',
  name: 'Continue',
  mark: 'Cn',
  speaks: 'Chat',
  kind: 'program',
  way: 'files',
  about: 'One model more in its list; choose "Lazuli" in Continue.',
  commands: ['cn'],
  traces: (machine) => [atHome(machine, '.continue')],
  clients: /^Continue$/,
  roles: [MAIN_MODEL],
  files: (setUp) => [
    { path: configPath(setUp, 'config.yaml'), format: 'yaml', initial: HEAD, settings: settingsOf(setUp) },
  ],
  snippets: (setUp) => [{ title: 'config.yaml', language: 'yaml', text: yamlSettings.change(HEAD, settingsOf(setUp)) }],
  notes: (setUp, _current, exists) =>
    exists(configPath(setUp, 'config.json')) && !exists(configPath(setUp, 'config.yaml'))
      ? ['There is an older config.json: once a config.yaml is there, Continue reads that one alone.']
      : [],
}

/** What its schema asks of every file. */
const HEAD = 'name: Local Config\nversion: 1.0.0\nschema: v1\n'

function configPath({ machine }: SetUp, name: string): string {
  const folder = machine.env['CONTINUE_GLOBAL_DIR']
  return folder ? pathsOf(machine).join(folder, name) : atHome(machine, '.continue', name)
}

function settingsOf({ baseUrl, key, models }: SetUp): Setting[] {
  const { main } = models
  const model = (...path: string[]) => ['models', { name: 'Lazuli' }, ...path]
  return [
    { path: model('provider'), value: 'openai' },
    ...(main === undefined ? [] : [{ path: model('model'), value: main.name }]),
    { path: model('apiBase'), value: `${baseUrl}/v1`, binds: true },
    { path: model('apiKey'), value: key, binds: true },
    { path: model('roles'), value: ['chat', 'edit', 'apply'] },
    ...(main?.contextWindow === undefined
      ? []
      : [{ path: model('defaultCompletionOptions', 'contextLength'), value: main.contextWindow }]),
  ]
}
