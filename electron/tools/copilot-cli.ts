import { atHome } from './machine.ts'
import { environmentSnippets, MAIN_MODEL, type Tool } from './tool.ts'

/** GitHub's Copilot CLI: variables alone decide on its provider; no file takes them. */
export const copilotCli: Tool = {
  id: 'copilot-cli',
  name: 'Copilot CLI',
  mark: 'GH',
  speaks: 'Chat',
  kind: 'program',
  way: 'snippet',
  about: 'Set in the environment alone: paste these lines into the terminal in which you start copilot.',
  commands: ['copilot'],
  traces: (machine) => [atHome(machine, '.copilot')],
  clients: /^Copilot CLI$/,
  where: 'environment',
  roles: [MAIN_MODEL],
  snippets: ({ baseUrl, key, models }) =>
    environmentSnippets({
      COPILOT_PROVIDER_BASE_URL: `${baseUrl}/v1`,
      COPILOT_PROVIDER_API_KEY: key,
      COPILOT_MODEL: models['main']?.name ?? 'MODEL',
      COPILOT_OFFLINE: 'true',
    }),
}
