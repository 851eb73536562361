import { appData, xdgConfig, atHome, type Machine } from './machine.ts'
import { jsonSettings } from './json-settings.ts'
import type { Setting } from './setting.ts'
import { MAIN_MODEL, type ChosenModel, type SetUp, type Tool } from './tool.ts'

/** What Zed is told of a model whose window is not known. */
const USUAL_WINDOW = 128_000

/** Zed: an OpenAI-compatible provider. It keeps keys in the system's keychain, so the user pastes it once. */
export const zed: Tool = {
  id: 'zed',
  name: 'Zed',
  mark: 'Ze',
  speaks: 'Chat',
  kind: 'program',
  way: 'files',
  about: 'A provider in its settings. Zed keeps keys in the keychain: it asks for the local key once.',
  commands: ['zed', 'zeditor'],
  traces: (machine) => [settingsFolder(machine)],
  clients: /^Zed$/,
  roles: [MAIN_MODEL],
  files: (setUp) => [
    {
      path: `${settingsFolder(setUp.machine)}${setUp.machine.platform === 'win32' ? '\\' : '/'}settings.json`,
      format: 'json',
      settings: settingsOf(setUp),
    },
  ],
  snippets: (setUp) => [
    { title: 'settings.json', language: 'json', text: jsonSettings.change('', settingsOf(setUp)) },
    { title: 'Local key, to paste into Zed', language: 'text', text: `${setUp.key}\n` },
  ],
  notes: () => ['In Zed: agent panel, settings, LLM Providers, Lazuli: paste the local key. Or set LAZULI_API_KEY.'],
}

function settingsFolder(machine: Machine): string {
  switch (machine.platform) {
    case 'win32':
      return appData(machine, 'Zed')
    case 'darwin':
      return atHome(machine, '.config', 'zed')
    default:
      return xdgConfig(machine, 'zed')
  }
}

function settingsOf({ baseUrl, models, served }: SetUp): Setting[] {
  const { main } = models
  const list = main === undefined || served.some(({ name }) => name === main.name) ? served : [...served, main]
  const provider = ['language_models', 'openai_compatible', 'Lazuli']
  return [
    { path: [...provider, 'api_url'], value: `${baseUrl}/v1`, binds: true },
    { path: [...provider, 'available_models'], value: list.map(describe) },
    ...(main === undefined
      ? []
      : [
          { path: ['agent', 'default_model', 'provider'], value: 'Lazuli' },
          { path: ['agent', 'default_model', 'model'], value: main.name },
        ]),
  ]
}

function describe({ name, contextWindow, outputCap }: ChosenModel): Record<string, string | number> {
  return {
    name,
    max_tokens: contextWindow ?? USUAL_WINDOW,
    ...(outputCap === undefined ? {} : { max_output_tokens: outputCap }),
  }
}
