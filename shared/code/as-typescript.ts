import type { DialectId } from '../exchange.ts'
import { KEY_VARIABLE, type CodeCall } from './call.ts'
import { typescriptLiteral } from './literals.ts'

const METHODS: Readonly<Record<DialectId, string>> = {
  chat: 'client.chat.completions.create',
  responses: 'client.responses.create',
  messages: 'client.messages.create',
}

/** What is printed of each event of a stream. */
const PRINTED: Readonly<Record<DialectId, string>> = {
  chat: `  process.stdout.write(event.choices[0]?.delta?.content ?? '')`,
  responses: `  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)`,
  messages: `  if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
    process.stdout.write(event.delta.text)
  }`,
}

/** A program for the vendor's own SDK (`openai`, `@anthropic-ai/sdk`); runs as an ES module, with or without types. */
export function asTypeScript({ baseUrl, dialect, body, auth }: CodeCall): string {
  const call = `await ${METHODS[dialect]}(${typescriptLiteral(body)})`
  const use =
    body['stream'] === true
      ? `const stream = ${call}\n\nfor await (const event of stream) {\n${PRINTED[dialect]}\n}\n`
      : `const answer = ${call}\n\nconsole.log(JSON.stringify(answer, null, 2))\n`
  return `${clientOf(dialect, baseUrl, auth)}\n${use}`
}

function clientOf(dialect: DialectId, baseUrl: string, auth: CodeCall['auth']): string {
  const key = auth === 'token' ? `process.env.${KEY_VARIABLE}` : `'not-needed'`
  // Anthropic's client adds /v1 itself; a key in its own header would be taken from ANTHROPIC_API_KEY.
  return dialect === 'messages'
    ? `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  baseURL: ${JSON.stringify(baseUrl)},
  apiKey: null,
  authToken: ${key},
})
`
    : `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: ${JSON.stringify(`${baseUrl}/v1`)},
  apiKey: ${key},
})
`
}
