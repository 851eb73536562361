import { expect, test } from 'vitest'
import { clientName, clientSession } from '../../electron/core/client-name.ts'
import type { Header } from '../../shared/exchange.ts'

const agents: [agent: string, name: string, more?: Header[]][] = [
  ['claude-cli/2.1.4 (external, cli)', 'Claude Code'],
  ['node', 'Claude Code', [['X-Claude-Code-Session-Id', 's']]],
  ['codex_cli_rs/0.169.0 (Debian 12; x86_64) xterm', 'Codex'],
  ['opencode/1.4.2 ai-sdk/provider-utils/4.0', 'opencode'],
  ['Cline/3.2.1', 'Cline'],
  ['OpenAI/JS 6.1', 'Cline', [['X-Title', 'Cline']]],
  ['continue/1.0', 'Continue'],
  ['GitHubCopilotChat/0.30', 'VS Code Copilot'],
  ['Lazuli-Playground/0.1.0', 'Playground'],
  ['OpenAI/JS 7.57.0', 'OpenAI SDK (JS)', [['X-Stainless-Lang', 'js']]],
  ['AsyncOpenAI/Python 2.1', 'OpenAI SDK (Python)', [['x-stainless-lang', 'python']]],
  ['AzureOpenAI/JS 7.57.0', 'OpenAI SDK (JS)', [['x-stainless-lang', 'js']]],
  ['Anthropic/JS 1.12.0', 'Anthropic SDK (JS)', [['x-stainless-lang', 'js']]],
  [
    'my-bot/1',
    'Anthropic SDK (Python)',
    [
      ['x-stainless-lang', 'python'],
      ['anthropic-version', '2023-06-01'],
    ],
  ],
  ['OpenAI/JS 7 langchainjs-openai/1.0', 'LangChain', [['x-stainless-lang', 'js']]],
  ['Python/3.12 aiohttp/3.9', 'Open WebUI', [['X-OpenWebUI-User-Id', '1']]],
  ['ai-sdk/openai/3.0 runtime/node', 'Vercel AI SDK'],
  ['curl/8.5.0', 'curl'],
  ['python-requests/2.32', 'Python requests'],
  ['python-httpx/0.28', 'Python httpx'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36', 'Browser'],
  ['AcmeBot/3.2 (+https://acme.example)', 'AcmeBot'],
  ['', 'unknown'],
  ['\u001b[31mred\u001b[0m\u202Eevil/1', '[31mred'],
  ['x'.repeat(5000), 'x'.repeat(40)],
]

test.each(agents)('%s is %s', (agent, name, more = []) => {
  expect(clientName([['User-Agent', agent], ...more])).toBe(name)
})

test('a caller without any header is unknown', () => {
  expect(clientName([])).toBe('unknown')
})

test('a session is known by the header that the tool sends', () => {
  expect(clientSession([['X-Claude-Code-Session-Id', 'a-1']])).toBe('a-1')
  expect(clientSession([['session-id', 'b-2']])).toBe('b-2')
  expect(clientSession([['X-Session-Id', 'c\u0007\n3']])).toBe('c 3')
  expect(clientSession([['x-session-id', '']])).toBeUndefined()
  expect(clientSession([['x-session-id', 'y'.repeat(500)]])).toHaveLength(128)
  expect(clientSession([['x-request-id', 'd']])).toBeUndefined()
})
