/**
 * Tool names as an upstream takes them. OpenAI's dialects allow 64 characters, Messages 128, both `[A-Za-z0-9_-]` only;
 * names of MCP tools are often longer or carry dots. Responses has namespaces, the others do not: there a tool's
 * namespace becomes part of its name. The naming lives for one request: it is applied to tools, choice and history calls
 * on the way in and undone on the calls of the answer (`AnswerUndo.toolNames`, `AnswerUndo.namespaces`).
 */
import type { HubRequest } from './hub.ts'
import { sha256Hex } from './sha256.ts'

/** Length limits per API: OpenAI's FunctionObject schema; Anthropic's documented tool name pattern. */
export const toolNameLimits = { chat: 64, responses: 64, messages: 128 } as const

const hashLength = 8

export interface ToolNaming {
  /** The name to send upstream for a tool, a history call or a choice. */
  sent(name: string, namespace?: string): string
  /** Name sent → name the client knows, where they differ. */
  toolNames: ReadonlyMap<string, string>
  /** Name sent → namespace that was folded into it. */
  namespaces: ReadonlyMap<string, string>
}

export interface ToolNamingOptions {
  /** Longest name that the upstream takes. */
  maxLength: number
  /** The upstream has namespaces of its own: leave them alone. */
  keepNamespaces?: boolean
}

/** One name as the upstream takes it: itself where legal, else its legal start and eight hex digits of its sha256. */
export function fitToolName(name: string, maxLength: number): string {
  const legal = name.replace(/[^A-Za-z0-9_-]/g, '_')
  if (legal === name && name.length > 0 && name.length <= maxLength) return name
  return `${legal.slice(0, maxLength - hashLength - 1)}_${sha256Hex(name).slice(0, hashLength)}`
}

/** Names every tool that a request mentions; two different tools never get the same name. */
export function nameTools(request: HubRequest, options: ToolNamingOptions): ToolNaming {
  const assigned = new Map<string, string>()
  const toolNames = new Map<string, string>()
  const namespaces = new Map<string, string>()
  const taken = new Set<string>()

  const claim = (name: string, namespace?: string): string => {
    const key = keyOf(name, namespace)
    const known = assigned.get(key)
    if (known !== undefined) return known
    const full = namespace === undefined ? name : `${namespace.replace(/_+$/, '')}__${name}`
    let sent = fitToolName(full, options.maxLength)
    for (let round = 1; taken.has(sent); round += 1) sent = fitToolName(`${full}#${round}`, options.maxLength)
    assigned.set(key, sent)
    taken.add(sent)
    if (sent !== name) toolNames.set(sent, name)
    if (namespace !== undefined) namespaces.set(sent, namespace)
    return sent
  }

  const mentioned = toolsMentioned(request).map((tool) =>
    options.keepNamespaces ? { name: tool.name, namespace: undefined } : tool,
  )
  // Names that need no change come first: a shortened name must not take the place of a genuine one.
  const isPlain = (tool: ToolKey): boolean =>
    tool.namespace === undefined && fitToolName(tool.name, options.maxLength) === tool.name
  for (const tool of mentioned.filter(isPlain)) claim(tool.name)
  for (const tool of mentioned.filter((tool) => !isPlain(tool))) claim(tool.name, tool.namespace)

  const sent = (name: string, namespace?: string): string => {
    if (options.keepNamespaces) return claim(name)
    const exact = assigned.get(keyOf(name, namespace))
    if (exact !== undefined) return exact
    // A choice names a tool without its namespace.
    const owner = namespace === undefined ? mentioned.find((tool) => tool.name === name) : undefined
    return claim(name, owner?.namespace ?? namespace)
  }
  return { sent, toolNames, namespaces }
}

interface ToolKey {
  name: string
  namespace: string | undefined
}

function toolsMentioned(request: HubRequest): ToolKey[] {
  const mentioned: ToolKey[] = []
  for (const tool of request.tools) {
    if (tool.type !== 'hosted') mentioned.push({ name: tool.name, namespace: tool.namespace })
  }
  for (const turn of request.turns) {
    for (const part of turn.parts) {
      if (part.type === 'call') mentioned.push({ name: part.name, namespace: part.namespace })
    }
  }
  return mentioned
}

function keyOf(name: string, namespace: string | undefined): string {
  return JSON.stringify([name, namespace ?? null])
}
