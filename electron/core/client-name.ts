/**
 * Who calls: a name that a person would use, read from the headers that each tool sends. What the tools really send
 * was seen on the wire; a new tool is a new row.
 */
import type { Header } from '../../shared/exchange.ts'

interface Client {
  name: string
  /** Matches the User-Agent. */
  agent?: RegExp
  /** A header that only this client sends; its value matches `value`, if that is given. */
  header?: string
  value?: RegExp
}

/** First match wins: tools before the SDKs that they are built on. */
const clients: readonly Client[] = [
  { name: 'Playground', agent: /^Lazuli-Playground\b/ },
  { name: 'Replay', agent: /^Lazuli-Replay\b/ },
  { name: 'Claude Code', agent: /\bclaude-(?:cli|code)\b/i },
  { name: 'Claude Code', header: 'x-claude-code-session-id' },
  { name: 'Codex', agent: /^codex[\w-]*\//i },
  { name: 'Codex', header: 'originator', value: /^codex/i },
  { name: 'Copilot CLI', agent: /^(?:github-)?copilot[\w-]*\//i },
  { name: 'VS Code Copilot', agent: /^GitHubCopilotChat\//i },
  { name: 'opencode', agent: /\bopencode\//i },
  { name: 'qwen-code', agent: /\bqwen-?code\//i },
  { name: 'Roo Code', agent: /\broo-?code\//i },
  { name: 'Kilo Code', agent: /\bkilo-?code\//i },
  { name: 'Cline', agent: /\bcline\//i },
  { name: 'Cline', header: 'x-title', value: /^cline/i },
  { name: 'Continue', agent: /\bcontinue(?:-cli)?\//i },
  { name: 'Cursor', agent: /\bcursor\//i },
  { name: 'Zed', agent: /^zed\//i },
  { name: 'aider', agent: /\baider\b/i },
  { name: 'aider', header: 'x-title', value: /^aider/i },
  { name: 'JetBrains AI', agent: /\b(?:jetbrains|intellij|ktor-client)\b/i },
  { name: 'Open WebUI', agent: /\bopen-?webui\b/i },
  { name: 'Open WebUI', header: 'x-title', value: /^open webui/i },
  { name: 'Open WebUI', header: 'x-openwebui-user-id' },
  { name: 'LibreChat', agent: /\blibrechat\b/i },
  { name: 'Dify', agent: /\bdify\b/i },
  { name: 'Gemini CLI', agent: /^geminicli\//i },
  { name: 'LangChain', agent: /\blangchain/i },
  { name: 'LlamaIndex', agent: /\bllama-?index/i },
  { name: 'LiteLLM', agent: /\blitellm\b/i },
  { name: 'Vercel AI SDK', agent: /\bai-sdk\/|^ai\//i },
  { name: 'Semantic Kernel', agent: /\bsemantic-kernel\b/i },
  { name: 'llm', agent: /^llm\//i },
]

/** Languages as the SDKs write them in `x-stainless-lang`. */
const languages: Readonly<Record<string, string>> = {
  js: 'JS',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  kotlin: 'Kotlin',
  ruby: 'Ruby',
  csharp: '.NET',
  php: 'PHP',
}

/** The vendors' SDKs, by the first product of their User-Agent. */
const sdks: readonly { name: string; agent: RegExp }[] = [
  { name: 'Anthropic SDK', agent: /^(?:Async)?Anthropic(?:Bedrock|Vertex|Foundry)?\b/i },
  { name: 'OpenAI SDK', agent: /^(?:Async)?(?:Azure)?OpenAI\b/i },
]

/** General programs, looked at last. */
const programs: readonly { name: string; agent: RegExp }[] = [
  { name: 'curl', agent: /^curl\//i },
  { name: 'wget', agent: /^wget\//i },
  { name: 'HTTPie', agent: /^httpie\//i },
  { name: 'Postman', agent: /^PostmanRuntime\//i },
  { name: 'Insomnia', agent: /^insomnia\//i },
  { name: 'Bruno', agent: /^bruno-runtime\//i },
  { name: 'Python requests', agent: /^python-requests\//i },
  { name: 'Python httpx', agent: /^python-httpx\//i },
  { name: 'Python aiohttp', agent: /\baiohttp\//i },
  { name: 'Go', agent: /^Go-http-client\//i },
  { name: 'Node', agent: /^(?:node|undici)\b/i },
  { name: 'Deno', agent: /^Deno\//i },
  { name: 'Bun', agent: /^Bun\//i },
  { name: 'axios', agent: /^axios\//i },
  { name: 'Java', agent: /^(?:Java-http-client|okhttp)\//i },
  { name: 'PowerShell', agent: /PowerShell\//i },
  { name: 'Browser', agent: /^Mozilla\/.*(?:Chrome|Firefox|Safari)\//i },
]

const sessionHeaders: readonly string[] = ['x-claude-code-session-id', 'session-id', 'session_id', 'x-session-id']

const longestName = 40
const longestSession = 128

/** Only the first kilobyte of a header is looked at: a name is never longer. */
const valueOf = (headers: readonly Header[], name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1].slice(0, 1024)

/** Printable characters only, so that a header cannot write over a terminal or turn the direction of text around. */
function clean(text: string, longest: number): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, longest)
}

/** The calling program, e.g. `Claude Code`, `OpenAI SDK (Python)`, `curl`; `unknown` when it does not say. */
export function clientName(headers: readonly Header[]): string {
  const agent = valueOf(headers, 'user-agent') ?? ''
  for (const client of clients) {
    if (client.agent?.test(agent)) return client.name
    if (client.header === undefined) continue
    const value = valueOf(headers, client.header)
    if (value !== undefined && (client.value?.test(value) ?? true)) return client.name
  }
  const language = valueOf(headers, 'x-stainless-lang')
  if (language !== undefined) {
    const sdk = sdks.find((row) => row.agent.test(agent))
    const spelled = languages[language.toLowerCase()] ?? clean(language, 12)
    const name = sdk?.name ?? (valueOf(headers, 'anthropic-version') === undefined ? 'OpenAI SDK' : 'Anthropic SDK')
    return `${name} (${spelled})`
  }
  const program = [...sdks, ...programs].find((row) => row.agent.test(agent))
  if (program !== undefined) return program.name
  const product = clean(agent, 256).split(/[/\s(]/, 1)[0] ?? ''
  return product.slice(0, longestName) || 'unknown'
}

/** The id that groups an agent's calls, where the tool sends one. */
export function clientSession(headers: readonly Header[]): string | undefined {
  for (const name of sessionHeaders) {
    const value = valueOf(headers, name)
    const session = value === undefined ? '' : clean(value, longestSession)
    if (session !== '') return session
  }
  return undefined
}
