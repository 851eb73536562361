/** Libraries: nothing to write or to find; code with the real address, and the key from the environment. */
import type { Snippet } from '../../shared/tools.ts'
import { environmentSnippets, MAIN_CLAUDE, MAIN_MODEL, type SetUp, type Tool } from './tool.ts'

const library = { kind: 'library', way: 'snippet', commands: [], where: 'in your code' } as const

const modelOf = ({ models }: SetUp): string => JSON.stringify(models['main']?.name ?? 'MODEL')
const code = (title: string, language: string, lines: readonly string[]): Snippet => ({
  title,
  language,
  text: `${lines.join('\n')}\n`,
})

export const openAiSdk: Tool = {
  ...library,
  id: 'openai-sdk',
  name: 'OpenAI SDK',
  mark: 'OA',
  speaks: 'Responses, Chat',
  about: 'The address and the key come from the environment; the code stays as it is.',
  clients: /^OpenAI SDK\b/,
  roles: [MAIN_MODEL],
  snippets: (setUp) => [
    ...environmentSnippets({ OPENAI_BASE_URL: `${setUp.baseUrl}/v1`, OPENAI_API_KEY: setUp.key }),
    code('Python', 'python', [
      'from openai import OpenAI',
      '',
      'client = OpenAI()  # reads OPENAI_BASE_URL and OPENAI_API_KEY',
      `answer = client.responses.create(model=${modelOf(setUp)}, input="Reply OK")`,
      'print(answer.output_text)',
    ]),
    code('TypeScript', 'typescript', [
      "import OpenAI from 'openai'",
      '',
      'const client = new OpenAI() // reads OPENAI_BASE_URL and OPENAI_API_KEY',
      `const answer = await client.responses.create({ model: ${modelOf(setUp)}, input: 'Reply OK' })`,
      'console.log(answer.output_text)',
    ]),
  ],
}

export const anthropicSdk: Tool = {
  ...library,
  id: 'anthropic-sdk',
  name: 'Anthropic SDK',
  mark: 'An',
  speaks: 'Messages',
  about: 'The address (without /v1) and the key come from the environment; the code stays as it is.',
  clients: /^Anthropic SDK\b/,
  roles: [MAIN_CLAUDE],
  snippets: (setUp) => [
    ...environmentSnippets({ ANTHROPIC_BASE_URL: setUp.baseUrl, ANTHROPIC_API_KEY: setUp.key }),
    code('Python', 'python', [
      'from anthropic import Anthropic',
      '',
      'client = Anthropic()  # reads ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY',
      `answer = client.messages.create(model=${modelOf(setUp)}, max_tokens=100,`,
      '                                messages=[{"role": "user", "content": "Reply OK"}])',
      'print(answer.content[0].text)',
    ]),
    code('TypeScript', 'typescript', [
      "import Anthropic from '@anthropic-ai/sdk'",
      '',
      'const client = new Anthropic() // reads ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY',
      'const answer = await client.messages.create({',
      `  model: ${modelOf(setUp)},`,
      '  max_tokens: 100,',
      "  messages: [{ role: 'user', content: 'Reply OK' }],",
      '})',
      'console.log(answer.content)',
    ]),
  ],
}

export const langChain: Tool = {
  ...library,
  id: 'langchain',
  name: 'LangChain',
  mark: 'LC',
  speaks: 'Chat, Messages',
  about: 'ChatOpenAI with the address ending in /v1, or ChatAnthropic with the address alone.',
  clients: /^(LangChain|OpenAI SDK|Anthropic SDK)\b/,
  roles: [MAIN_MODEL],
  snippets: (setUp) => [
    code('Python', 'python', [
      'import os',
      'from langchain_openai import ChatOpenAI',
      '',
      'model = ChatOpenAI(',
      `    model=${modelOf(setUp)},`,
      `    base_url="${setUp.baseUrl}/v1",`,
      '    api_key=os.environ["LAZULI_KEY"],',
      ')',
      'print(model.invoke("Reply OK").content)',
    ]),
    code('TypeScript', 'typescript', [
      "import { ChatOpenAI } from '@langchain/openai'",
      '',
      'const model = new ChatOpenAI({',
      `  model: ${modelOf(setUp)},`,
      '  apiKey: process.env.LAZULI_KEY,',
      `  configuration: { baseURL: '${setUp.baseUrl}/v1' },`,
      '})',
      "console.log((await model.invoke('Reply OK')).content)",
    ]),
    code('TypeScript, Claude', 'typescript', [
      "import { ChatAnthropic } from '@langchain/anthropic'",
      '',
      'const model = new ChatAnthropic({',
      `  model: ${modelOf(setUp)},`,
      '  apiKey: process.env.LAZULI_KEY,',
      `  anthropicApiUrl: '${setUp.baseUrl}',`,
      '})',
      "console.log((await model.invoke('Reply OK')).content)",
    ]),
    ...environmentSnippets({ LAZULI_KEY: setUp.key }),
  ],
}

export const aiSdk: Tool = {
  ...library,
  id: 'ai-sdk',
  name: 'Vercel AI SDK',
  mark: 'AI',
  speaks: 'Responses, Messages',
  about: 'createOpenAI speaks Responses, with .chat() Chat. createAnthropic wants the address with /v1, too.',
  clients: /^Vercel AI SDK$/,
  roles: [MAIN_MODEL],
  snippets: (setUp) => [
    code('OpenAI provider', 'typescript', [
      "import { createOpenAI } from '@ai-sdk/openai'",
      "import { generateText } from 'ai'",
      '',
      `const lazuli = createOpenAI({ baseURL: '${setUp.baseUrl}/v1', apiKey: process.env.LAZULI_KEY })`,
      `const { text } = await generateText({ model: lazuli(${modelOf(setUp)}), prompt: 'Reply OK' })`,
      'console.log(text)',
    ]),
    code('Anthropic provider', 'typescript', [
      "import { createAnthropic } from '@ai-sdk/anthropic'",
      "import { generateText } from 'ai'",
      '',
      `const lazuli = createAnthropic({ baseURL: '${setUp.baseUrl}/v1', apiKey: process.env.LAZULI_KEY })`,
      `const { text } = await generateText({ model: lazuli(${modelOf(setUp)}), prompt: 'Reply OK' })`,
      'console.log(text)',
    ]),
    ...environmentSnippets({ LAZULI_KEY: setUp.key }),
  ],
}
