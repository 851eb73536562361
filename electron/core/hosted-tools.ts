/**
 * Tools that run at the maker of an API (web search, code interpreter, …) have no counterpart in another API. Coding
 * agents declare one beside their own tools on every request and do without it when it is not there, so by default it
 * is left out and declared; where the answer depends on it the request is refused.
 */
import { clientPath } from './client-paths.ts'
import { LazuliError } from './error.ts'
import type { DialectId, HostedTool, HubRequest, Loss, Tool, ToolChoice } from './hub.ts'

/** auto: dropped beside other tools, else refused. drop: always left out. refuse: never. */
export type HostedToolPolicy = 'auto' | 'drop' | 'refuse'

const NAMES: Readonly<Record<DialectId, string>> = {
  chat: 'Chat Completions',
  responses: 'Responses',
  messages: 'Messages',
}

/**
 * The request without the hosted tools that the upstream's API has no word for; unchanged where there are none.
 * @throws LazuliError 400 `unsupported_by_upstream` with the tool's path, where one is needed or the policy says so
 */
export function withoutHostedTools(
  request: HubRequest,
  upstream: DialectId,
  policy: HostedToolPolicy,
): { request: HubRequest; losses: Loss[] } {
  const hosted = request.tools.filter((tool): tool is HostedTool => tool.type === 'hosted' && tool.dialect !== upstream)
  const first = hosted[0]
  if (first === undefined) return { request, losses: [] }
  const kept = request.tools.filter((tool) => !hosted.includes(tool as HostedTool))
  if (policy === 'refuse') {
    throw refused(
      pathOf(first, request),
      `The hosted tool "${first.name}" does not exist in the ${NAMES[upstream]} API`,
    )
  }
  const needed = neededTool(request.toolChoice, hosted, kept)
  if (policy === 'auto' && needed !== undefined) {
    const why = kept.length === 0 ? 'it is the only tool' : 'the tool choice asks for it'
    throw refused(
      pathOf(needed, request),
      `The hosted tool "${needed.name}" does not exist in the ${NAMES[upstream]} API, and ${why}`,
    )
  }
  const losses = hosted.map((tool): Loss => ({
    path: pathOf(tool, request),
    kind: 'dropped',
    reason: `The hosted tool "${tool.name}" does not exist in the ${NAMES[upstream]} API; the model answers without it.`,
  }))
  const { toolChoice, ...rest } = request
  const choice = choiceAmong(toolChoice, kept, hosted)
  if (choice === undefined && toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none') {
    const reason = 'It asks for a hosted tool that was left out.'
    losses.push({ path: clientPath(request.dialect, 'toolChoice'), kind: 'dropped', reason })
  }
  return { request: { ...rest, tools: kept, ...(choice === undefined ? {} : { toolChoice: choice }) }, losses }
}

/** The hosted tool without which the answer would not be what was asked for. */
function neededTool(
  choice: ToolChoice | undefined,
  hosted: readonly HostedTool[],
  kept: readonly Tool[],
): HostedTool | undefined {
  if (choice === 'none') return undefined
  if (kept.length === 0) return hosted[0]
  if (typeof choice !== 'object') return undefined
  if ('name' in choice) return kept.some(named(choice.name)) ? undefined : hosted.find(named(choice.name))
  if (choice.mode === 'auto' || kept.some((tool) => choice.allowed.includes(tool.name))) return undefined
  return hosted.find((tool) => choice.allowed.some((name) => named(name)(tool)))
}

/** The choice in terms of what is left. */
function choiceAmong(
  choice: ToolChoice | undefined,
  kept: readonly Tool[],
  hosted: readonly HostedTool[],
): ToolChoice | undefined {
  if (kept.length === 0) return undefined
  if (typeof choice !== 'object') return choice
  if ('name' in choice) return hosted.some(named(choice.name)) && !kept.some(named(choice.name)) ? undefined : choice
  const allowed = choice.allowed.filter((name) => !hosted.some(named(name)) || kept.some(named(name)))
  if (allowed.length > 0) return { ...choice, allowed }
  // Only hosted tools were allowed, so nothing may be called.
  return choice.mode === 'auto' ? 'none' : undefined
}

/** A hosted tool is chosen by its name, or by its type where it has no other name. */
function named(name: string): (tool: Tool) => boolean {
  return (tool) => {
    if (tool.name === name) return true
    if (tool.type !== 'hosted' || typeof tool.raw !== 'object' || tool.raw === null) return false
    return 'type' in tool.raw && tool.raw.type === name
  }
}

function pathOf(tool: HostedTool, request: HubRequest): string {
  return tool.path ?? `tools[${request.tools.indexOf(tool)}]`
}

function refused(path: string, message: string): LazuliError {
  return new LazuliError({
    code: 'unsupported_by_upstream',
    status: 400,
    message: `${path}: ${message}.`,
    fix: 'Leave it out, ask a model that has it, or set translation.hosted_tools to drop.',
    param: path,
  })
}
