import { atHome } from './machine.ts'
import { MAIN_MODEL, environmentSnippets, quoted, type SettingsFile, type SetUp, type Tool } from './tool.ts'

/** aider: options of its command line, kept in the home folder; the window stands in a second file. */
export const aider: Tool = {
  id: 'aider',
  name: 'aider',
  mark: 'ai',
  speaks: 'Chat',
  kind: 'program',
  way: 'files',
  about: 'Its options file, and the true context window in its model metadata. Names get the prefix openai/.',
  commands: ['aider'],
  clients: /^(aider|LiteLLM)$/,
  roles: [MAIN_MODEL, { id: 'weak', label: 'Small model', prefers: [/mini|nano|haiku/i] }],
  files: (setUp) => [options(setUp), ...metadata(setUp)],
  snippets: (setUp) => {
    const { main } = setUp.models
    const lines = environmentSnippets({ OPENAI_API_BASE: `${setUp.baseUrl}/v1`, OPENAI_API_KEY: setUp.key })
    return lines.map(({ title, language, text }) => ({
      title,
      language,
      text: `${text}aider --model ${quoted(`openai/${main?.name ?? 'MODEL'}`)}\n`,
    }))
  },
  notes: () => ['A .aider.conf.yml in a repository wins over the one in the home folder.'],
}

function options({ machine, baseUrl, key, models }: SetUp): SettingsFile {
  return {
    path: atHome(machine, '.aider.conf.yml'),
    format: 'yaml',
    settings: [
      { path: ['openai-api-base'], value: `${baseUrl}/v1`, binds: true },
      { path: ['openai-api-key'], value: key, binds: true },
      ...(models['main'] ? [{ path: ['model'], value: `openai/${models['main'].name}` }] : []),
      ...(models['weak'] ? [{ path: ['weak-model'], value: `openai/${models['weak'].name}` }] : []),
    ],
  }
}

function metadata({ machine, models }: SetUp): SettingsFile[] {
  const known = Object.values(models).filter((model) => model.contextWindow !== undefined)
  if (known.length === 0) return []
  return [
    {
      path: atHome(machine, '.aider.model.metadata.json'),
      format: 'json',
      settings: known.map(({ name, contextWindow = 0, outputCap }) => ({
        path: [`openai/${name}`],
        value: {
          max_input_tokens: contextWindow,
          ...(outputCap === undefined ? {} : { max_output_tokens: outputCap }),
          litellm_provider: 'openai',
          mode: 'chat',
        },
      })),
    },
  ]
}
