/**
 * What two requests must have in common to be the same question. It is compared in hub terms, so that a request asked in
 * another dialect is recognised; what changes from run to run (ids, metadata, signatures) and how the answer is wanted
 * (streamed, how long, how warm) are left out.
 */
import type { HubRequest, Part, Turn } from '../../../core/hub.ts'

/** One thing that was said, in a form that is equal in all dialects. */
export interface Said {
  kind: 'system' | 'user' | 'assistant' | 'call' | 'result'
  text: string
}

export interface Conversation {
  said: Said[]
  /** Names of the tools, sorted. */
  tools: string[]
  format: string
}

/** Where two conversations differ first, and how much in front of that is the same. */
export interface Difference {
  equal: number
  /** e.g. `message 3 (user) from character 17 on`; nothing of what was said. */
  where: string
}

export function conversationOf({ turns, tools, format }: HubRequest): Conversation {
  return {
    said: joined(turns.flatMap(saidIn)),
    tools: tools.map(({ name }) => plainName(name)).toSorted(),
    format: format === undefined ? 'text' : format.kind === 'json' ? 'json' : `schema ${fieldsOf(format.schema)}`,
  }
}

/** What was said since the model spoke last. */
export function lastMessage({ said, ...rest }: Conversation): Conversation {
  const last = said.findLastIndex(({ kind }) => kind === 'assistant' || kind === 'call')
  return { ...rest, said: said.slice(last + 1).filter(({ kind }) => kind !== 'system') }
}

/** Undefined when they are the same. */
export function differenceOf(recorded: Conversation, asked: Conversation): Difference | undefined {
  for (let at = 0; at < Math.max(recorded.said.length, asked.said.length); at++) {
    const [one, other] = [recorded.said[at], asked.said[at]]
    const message = `message ${at + 1}`
    if (one === undefined) return { equal: at, where: `${message} (${other?.kind}), which the recording does not have` }
    if (other === undefined) return { equal: at, where: `${message} (${one.kind}), which only the recording has` }
    if (one.kind !== other.kind) {
      return { equal: at, where: `${message}: ${nameOf(one.kind)} in the recording, ${nameOf(other.kind)} now` }
    }
    if (one.text !== other.text) {
      return { equal: at, where: `${message} (${one.kind}) from character ${firstOther(one.text, other.text) + 1} on` }
    }
  }
  const equal = recorded.said.length
  const missing = recorded.tools.find((name) => !asked.tools.includes(name))
  const added = asked.tools.find((name) => !recorded.tools.includes(name))
  if (missing !== undefined) return { equal, where: `the tools: ${missing} is in the recording only` }
  if (added !== undefined) return { equal, where: `the tools: ${added} is not in the recording` }
  if (recorded.format === asked.format) return undefined
  return { equal, where: `the format: ${recorded.format} in the recording, ${asked.format} now` }
}

function saidIn(turn: Turn): Said[] {
  return turn.parts.flatMap((part) => saidBy(turn.role === 'tool' ? 'user' : turn.role, part))
}

function saidBy(role: 'system' | 'user' | 'assistant', part: Part): Said[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ kind: role, text: part.text }]
    case 'image':
    case 'file':
    case 'audio': {
      const { source } = part.media
      const which = source.type === 'data' ? source.data : source.type === 'url' ? source.url : source.fileId
      return [{ kind: role, text: `[${part.type} ${which}]` }]
    }
    case 'call':
      return [{ kind: 'call', text: `${plainName(part.name)} ${canonical(part.arguments)}` }]
    case 'result':
      return [
        {
          kind: 'result',
          text: part.parts
            .flatMap((inner) => saidBy('user', inner))
            .map(textOf)
            .join('\n'),
        },
      ]
    case 'reasoning':
    case 'foreign':
      // Signed or encrypted, and left out on the way between dialects.
      return []
  }
}

const textOf = ({ text }: Said): string => text

/**
 * Texts of one speaker in a row are one: dialects cut them differently. Calls come behind the text beside them, which
 * is the only place that Chat has for them; system messages come first, as Messages has them.
 */
function joined(all: readonly Said[]): Said[] {
  const system = all.filter(({ kind }) => kind === 'system')
  const said: Said[] = system.length === 0 ? [] : [{ kind: 'system', text: system.map(textOf).join('\n') }]
  const calls: Said[] = []
  for (const each of all) {
    if (each.kind === 'system') continue
    if (each.kind === 'call') {
      calls.push(each)
      continue
    }
    if (each.kind !== 'assistant') said.push(...calls.splice(0))
    const last = said.at(-1)
    if (last?.kind === each.kind && each.kind !== 'result') last.text += `\n${each.text}`
    else said.push({ ...each })
  }
  said.push(...calls)
  return said
    .map(({ kind, text }) => ({ kind, text: text.replaceAll(/\s+/g, ' ').trim() }))
    .filter(({ kind, text }) => text !== '' || kind === 'result')
}

/** Some upstreams allow fewer characters in the name of a tool; what was put in their place is the same everywhere. */
const plainName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)

/** JSON with its members sorted; anything else as it is. */
function canonical(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)))
  } catch {
    return text
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]))
}

function fieldsOf(schema: Record<string, unknown>): string {
  const { properties } = schema
  return typeof properties === 'object' && properties !== null ? Object.keys(properties).toSorted().join(', ') : ''
}

function nameOf(kind: Said['kind']): string {
  return kind === 'call' ? 'a tool call' : kind === 'result' ? 'a tool result' : `a text of the ${kind}`
}

function firstOther(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
