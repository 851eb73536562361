import { atHome, pathsOf } from './machine.ts'
import { environmentSnippets, smallestWindow, type SetUp, type Tool } from './tool.ts'
import { valueAt } from './setting.ts'

/** Variables with which its settings or its environment send it to another provider. */
const OTHER_PROVIDERS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY']

/**
 * Anthropic's Claude Code 2.x: variables in the `env` of its user settings. It adds `/v1` itself. For a model that it does
 * not know it assumes a window of a million tokens, so the true one is written.
 */
export const claudeCode: Tool = {
  id: 'claude-code',
  name: 'Claude Code',
  mark: 'CC',
  speaks: 'Messages',
  kind: 'program',
  way: 'files',
  about:
    'Bearer key, no /v1 in the address. Titles and small sub-agents ask for the Haiku name. Any model serves, also GPT.',
  commands: ['claude'],
  traces: (machine) => [atHome(machine, '.claude')],
  clients: /^Claude Code$/,
  roles: [
    { id: 'main', label: 'Main model', prefers: [/claude.*sonnet/i, /claude.*opus/i, /claude/i] },
    { id: 'opus', label: 'Opus', prefers: [/claude.*opus/i, /claude.*sonnet/i, /claude/i] },
    { id: 'sonnet', label: 'Sonnet', prefers: [/claude.*sonnet/i, /claude.*opus/i, /claude/i] },
    { id: 'haiku', label: 'Small model', prefers: [/claude.*haiku/i, /claude.*sonnet/i, /claude/i, /mini|nano/i] },
  ],
  files: (setUp) => [
    {
      path: settingsPath(setUp),
      format: 'json',
      settings: Object.entries(variables(setUp)).map(([name, value]) => ({
        path: ['env', name],
        value,
        binds: name === 'ANTHROPIC_BASE_URL' || name === 'ANTHROPIC_AUTH_TOKEN',
      })),
    },
  ],
  snippets: (setUp) => environmentSnippets(variables(setUp)),
  notes(setUp, [settings]) {
    const set = OTHER_PROVIDERS.filter(
      (name) => valueAt(settings, ['env', name]) !== undefined || setUp.machine.env[name] !== undefined,
    )
    return [
      ...(set.length === 0
        ? []
        : [`${set.join(' and ')} sends Claude Code elsewhere, whatever the address says: take it out.`]),
      ...(windowOf(setUp) === undefined
        ? ['The context window of these models is not known here: Claude Code will assume a million tokens.']
        : []),
    ]
  },
  run: ['-p', 'Reply OK', '--output-format', 'json'],
}

function settingsPath({ machine }: SetUp): string {
  const folder = machine.env['CLAUDE_CONFIG_DIR']
  return folder ? pathsOf(machine).join(folder, 'settings.json') : atHome(machine, '.claude', 'settings.json')
}

function variables(setUp: SetUp): Record<string, string> {
  const { baseUrl, key, models } = setUp
  const named = {
    ANTHROPIC_MODEL: models['main'],
    ANTHROPIC_DEFAULT_OPUS_MODEL: models['opus'],
    ANTHROPIC_DEFAULT_SONNET_MODEL: models['sonnet'],
    ANTHROPIC_DEFAULT_HAIKU_MODEL: models['haiku'],
  }
  const window = windowOf(setUp)
  return {
    ANTHROPIC_BASE_URL: baseUrl,
    ANTHROPIC_AUTH_TOKEN: key,
    ...Object.fromEntries(Object.entries(named).flatMap(([name, model]) => (model ? [[name, model.name]] : []))),
    ...(window === undefined ? {} : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(window) }),
  }
}

/** Of the models that hold a conversation; titles are short. */
function windowOf({ models }: SetUp): number | undefined {
  return smallestWindow([models['main'], models['opus'], models['sonnet']])
}
