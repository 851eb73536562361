import { atHome } from './machine.ts'
import { MAIN_MODEL, quoted, type Tool } from './tool.ts'

/** Cline 3: its own command stores the provider; the format of its store is not documented, so it is not written to. */
export const cline: Tool = {
  id: 'cline',
  name: 'Cline CLI',
  mark: 'Cl',
  speaks: 'Chat',
  kind: 'program',
  way: 'snippet',
  about:
    'Cline stores its provider itself: run this command once. In VS Code: provider OpenAI Compatible, same values.',
  commands: ['cline'],
  traces: (machine) => [atHome(machine, '.cline')],
  clients: /^Cline$/,
  where: 'cline auth',
  roles: [MAIN_MODEL],
  snippets: ({ baseUrl, key, models }) => [
    {
      title: 'Shell',
      language: 'sh',
      text: `cline auth -p openai -k ${quoted(key)} -m ${quoted(models['main']?.name ?? 'MODEL')} -b ${baseUrl}/v1\n`,
    },
  ],
}
