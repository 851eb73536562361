import type { Asked, AskedTool } from './asked.ts'
import { isObject, type JsonObject } from './json.ts'
import { orderHelp } from './order.ts'
import { sampleFromSchema } from './sample-from-schema.ts'

/** What is answered, before limits are applied. */
export interface Answer {
  reasoning: string
  text: string
  calls: readonly { name: string; input: JsonObject }[]
}

/** Makes an answer from the request alone: the same request gives the same answer. */
export function composeAnswer(asked: Asked): Answer {
  const reasoning = `The user wrote ${quote(asked.text, 120)}. I am a simulator, so I answer without a model.`
  const tools = chosenTools(asked)
  if (tools.length > 0) {
    const names = tools.map((tool) => tool.name).join(' and ')
    const calls = tools.map((tool) => ({ name: tool.name, input: argumentsFor(tool, asked.text) }))
    return { reasoning, text: `The simulator calls ${names} with made-up arguments.`, calls }
  }
  return { reasoning, text: textFor(asked), calls: [] }
}

function textFor(asked: Asked): string {
  if (asked.format.kind === 'schema') {
    return JSON.stringify(sampleFromSchema(asked.format.schema, { text: asked.text, fill: 'all' }))
  }
  if (asked.format.kind === 'json') {
    return JSON.stringify({ simulator: true, model: asked.model, you_wrote: cut(asked.text, 500) })
  }
  if (asked.results.length > 0) return closing(asked)
  if (/^\W*(?:help|what can you do)\W*$/i.test(asked.text)) return help(asked)
  const count = /\bcount (?:up )?to (\d{1,4})\b/i.exec(asked.text)?.[1]
  if (count !== undefined) {
    const numbers = Array.from({ length: Number(count) }, (_, index) => index + 1)
    return `The simulator counts: ${numbers.join(', ')}.`
  }
  return echo(asked)
}

function echo(asked: Asked): string {
  const attached = asked.attachments === 0 ? '' : ` It came with ${plural(asked.attachments, 'attachment')}.`
  const parts = [
    `This is Lazuli’s simulator; no model was asked. You wrote: ${quote(asked.text, 600)}.${attached}`,
    `I answered in the place of **${asked.model}** over the ${asked.wire} API, turn ${asked.turn} of this conversation. Connect an Azure resource for real answers, or write \`help\` to see what I can do.`,
  ]
  if (/markdown|table|list|code|example|format/i.test(asked.text)) parts.push(showcase(asked))
  return parts.join('\n\n')
}

function showcase(asked: Asked): string {
  return [
    '## A sample of Markdown',
    '- a list with **bold** and *italic* text\n- a second item with `code`\n  1. a numbered one\n  2. and another',
    `| Field | Value |\n| --- | --- |\n| Model | ${asked.model} |\n| Wire | ${asked.wire} |\n| Input tokens | ${asked.inputTokens} |`,
    '```ts\n// Adds two numbers.\nexport function add(a: number, b: number): number {\n  return a + b\n}\n```',
    '> A quotation, to end with.',
  ].join('\n\n')
}

function help(asked: Asked): string {
  const orders = orderHelp.map(([order, effect]) => `- \`${order}\`: ${effect}`).join('\n')
  return [
    `This is Lazuli’s simulator, in the place of **${asked.model}**. It repeats what you write, and more:`,
    '- `markdown`, `table`, `list` or `code` anywhere in a message: a sample of formatted text\n- `count to 50`: a long answer\n- with tools declared, `use a tool` or a tool’s name: a call with arguments made from its schema\n- with a JSON schema as the format: a value that fits it',
    'To try how your program takes trouble, write one of these:',
    orders,
  ].join('\n\n')
}

function closing(asked: Asked): string {
  const lines = asked.results.map(({ name, text }) => `- ${name} answered ${quote(text, 300)}`)
  return `The simulator has read ${plural(asked.results.length, 'tool result')}:\n\n${lines.join('\n')}\n\nThat is all; no model was asked.`
}

/** A call is made when it is forced, or when the last user message asks for one and no result is waiting. */
function chosenTools(asked: Asked): AskedTool[] {
  const { tools, choice, text } = asked
  if (tools.length === 0 || choice === 'none') return []
  if (typeof choice === 'object') return tools.filter((tool) => tool.name === choice.name)
  const mentioned = tools.filter((tool) => mentions(text, tool.name))
  const wanted = mentioned.length > 0 ? mentioned : /\b(?:use|call)\b.{0,20}\btools?\b/i.test(text) ? [tools[0]!] : []
  if (choice === 'required') return limited(wanted.length > 0 ? wanted : [tools[0]!], asked.parallel)
  return asked.results.length > 0 ? [] : limited(wanted, asked.parallel)
}

function limited(tools: AskedTool[], parallel: boolean): AskedTool[] {
  return parallel ? tools.slice(0, 4) : tools.slice(0, 1)
}

/** A name that is an ordinary word (`Read`, `edit`) counts only in a sentence about tools. */
function mentions(text: string, name: string): boolean {
  const ordinary = /^[A-Za-z]?[a-z]+$/.test(name)
  if (ordinary && !/\btools?\b/i.test(text)) return false
  const at = text.toLowerCase().indexOf(name.toLowerCase())
  if (at === -1) return false
  const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`
  return !/[A-Za-z0-9_]/.test(around)
}

function argumentsFor(tool: AskedTool, text: string): JsonObject {
  const value = sampleFromSchema(tool.schema, { text, fill: 'required' })
  return isObject(value) ? value : {}
}

function quote(text: string, length: number): string {
  return `“${cut(text.trim(), length)}”`
}

/** Cuts at a whole character. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
