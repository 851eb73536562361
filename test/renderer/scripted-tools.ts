/** The Tools page of the scripted console: one tool in each state. */
import { implement } from '@orpc/server'
import { contract } from '../../shared/contract.ts'
import type { ToolCheck, ToolId, ToolPlan, ToolView } from '../../shared/tools.ts'

const DAY = Date.UTC(2026, 10, 21, 11, 42)

const tool = (id: ToolId, name: string, mark: string, where: string, more: Partial<ToolView> = {}): ToolView => ({
  id,
  name,
  mark,
  where,
  speaks: 'Chat',
  kind: 'program',
  way: 'files',
  found: true,
  state: 'none',
  canUndo: false,
  canRun: false,
  ...more,
})
const call = (ok = true): Pick<ToolView, 'lastCall'> => ({ lastCall: { at: DAY, exchange: 'ex_00001', ok } })
const applied = { state: 'applied', canUndo: true } as const

const VIEWS: readonly ToolView[] = [
  tool('claude-code', 'Claude Code', 'CC', '~/.claude/settings.json', {
    speaks: 'Messages',
    version: '2.1.197',
    canRun: true,
    ...applied,
  }),
  tool('codex', 'Codex CLI', 'Cx', '~/.codex/config.toml', {
    version: '0.169.0',
    verifiedAt: DAY,
    ...applied,
    ...call(),
  }),
  tool('copilot-cli', 'Copilot CLI', 'GH', 'environment', { way: 'snippet', version: '1.0.18' }),
  tool('cursor', 'Cursor', 'Cu', 'not possible on localhost', { way: 'impossible', version: '3.4.0' }),
  tool('continue', 'Continue', 'Cn', '~/.continue/config.yaml', { state: 'stale', canUndo: true }),
  tool('cline', 'Cline CLI', 'Cl', 'cline auth', { way: 'snippet', ...call(false) }),
  tool('opencode', 'opencode', 'oc', '~/.config/opencode/opencode.json', {
    version: '1.18.33',
    ...applied,
    ...call(false),
  }),
  tool('zed', 'Zed', 'Ze', '~/.config/zed/settings.json', { state: 'changed', canUndo: true }),
  tool('aider', 'aider', 'ai', '~/.aider.conf.yml, ~/.aider.model.metadata.json', {
    state: 'unreadable',
    problem: { code: 'tool_file_broken', message: '~/.aider.conf.yml, line 3 is not valid.', fix: 'Correct it.' },
  }),
  tool('open-webui', 'Open WebUI', 'OW', 'environment of its server', { way: 'snippet', found: false }),
  tool('openai-sdk', 'OpenAI SDK', 'OA', 'in your code', { way: 'snippet', kind: 'library', ...call() }),
]

const PLAN: Omit<ToolPlan, 'tool'> = {
  about: 'Bearer key, no /v1 in the address. Titles and small sub-agents ask for the Haiku name.',
  roles: [
    { id: 'main', label: 'Main model', model: 'claude-sonnet-5-5' },
    { id: 'haiku', label: 'Small model', model: 'claude-haiku-5-5' },
  ],
  changes: [
    {
      path: '~/.claude/settings.json',
      created: false,
      added: 3,
      removed: 1,
      lines: [
        { kind: 'gap', count: 4 },
        { kind: 'same', before: 5, after: 5, text: '  "theme": "dark", // kinder' },
        { kind: 'same', before: 6, after: 6, text: '  "env": {' },
        { kind: 'removed', before: 7, text: '    "ANTHROPIC_BASE_URL": "https://api.anthropic.com",' },
        { kind: 'added', after: 7, text: '    "ANTHROPIC_BASE_URL": "http://127.0.0.1:11437",' },
        { kind: 'added', after: 8, text: '    "ANTHROPIC_AUTH_TOKEN": "lz-••••••G7h8",' },
        { kind: 'added', after: 9, text: '    "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "200000",' },
        { kind: 'same', before: 8, after: 10, text: '    "DISABLE_TELEMETRY": "1"' },
      ],
    },
  ],
  snippets: [{ title: 'Shell', language: 'sh', text: 'export ANTHROPIC_BASE_URL=http://127.0.0.1:11437\n' }],
  notes: ['Other users of this machine may read ~/.claude/settings.json, and the key in it.'],
  fingerprint: 'f',
  masked: true,
}

const CHECK: ToolCheck = {
  state: 'running',
  ticks: [
    { id: 'settings', state: 'ok', text: 'Its settings lead here' },
    { id: 'started', state: 'ok', text: 'Claude Code was started', why: 'Running claude -p "Reply OK"', atMs: 4 },
    { id: 'reached', state: 'ok', text: 'Claude Code reached this address', why: 'HEAD /api/hello', atMs: 210 },
    { id: 'key', state: 'ok', text: 'It was let in', why: 'With the local key, if one is wanted' },
    { id: 'routed', state: 'waiting', text: 'Its model leads to a deployment' },
    { id: 'answered', state: 'later', text: 'An answer arrives whole' },
  ],
}

/** @param container Lazuli runs in one and sees no tools */
export function toolRoutes(container: boolean) {
  const os = implement(contract)
  const tools = container
    ? VIEWS.map((view) =>
        tool(view.id, view.name, view.mark, view.where, { way: 'snippet', kind: view.kind, found: false }),
      )
    : [...VIEWS]
  return {
    tools: {
      list: os.tools.list.handler(() => ({ tools, container, machine: 'workshop' })),
      plan: os.tools.plan.handler(({ input }) => ({
        ...PLAN,
        ...(container ? { changes: [] } : {}),
        tool: input.tool,
      })),
      verify: os.tools.verify.handler(async function* ({ signal }) {
        yield CHECK
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
      }),
    },
  }
}
