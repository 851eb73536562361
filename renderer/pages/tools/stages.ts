import type { ToolView } from '../../../shared/tools.ts'

/** A station on the way to a tool that works; the chain stops at the first that is missing. */
export interface Stage {
  state: 'ok' | 'warn' | 'todo' | 'no'
  text: string
}

export function stagesOf(tool: ToolView): Stage[] {
  if (tool.way === 'impossible') return [...foundStage(tool), { state: 'no', text: 'not possible' }]
  if (tool.kind === 'library') return [called(tool) ?? { state: 'todo', text: 'set up in code' }]
  if (!tool.found) return called(tool) === undefined ? [{ state: 'no', text: 'not found' }] : [called(tool)!]
  if (tool.way === 'snippet') return [...foundStage(tool), called(tool) ?? { state: 'todo', text: 'set up by hand' }]
  return [...foundStage(tool), ...appliedStages(tool)]
}

function foundStage({ found }: ToolView): Stage[] {
  return found ? [{ state: 'ok', text: 'found' }] : []
}

function appliedStages(tool: ToolView): Stage[] {
  switch (tool.state) {
    case 'none':
      return [{ state: 'todo', text: 'not applied' }]
    case 'stale':
      return [{ state: 'warn', text: 'another address or key' }]
    case 'changed':
      return [{ state: 'warn', text: 'changed since' }]
    case 'unreadable':
      return [{ state: 'warn', text: 'unreadable' }]
    case 'applied': {
      const applied: Stage = { state: 'ok', text: 'applied' }
      if (tool.lastCall?.ok === false) return [applied, { state: 'warn', text: 'last call failed' }]
      if (tool.verifiedAt !== undefined) return [applied, { state: 'ok', text: 'verified' }]
      return [applied, called(tool) ?? { state: 'todo', text: 'not verified' }]
    }
  }
}

function called({ lastCall }: ToolView): Stage | undefined {
  if (lastCall === undefined) return undefined
  return lastCall.ok ? { state: 'ok', text: 'called' } : { state: 'warn', text: 'last call failed' }
}

/** The word on the row's button: what the user would do next; undefined where nothing is left, or nothing possible. */
export function nextStepOf(tool: ToolView): string | undefined {
  if (tool.way !== 'files' || !tool.found) return undefined
  switch (tool.state) {
    case 'none':
      return 'Connect'
    case 'stale':
    case 'changed':
    case 'unreadable':
      return 'Review'
    case 'applied':
      return tool.verifiedAt === undefined && tool.lastCall === undefined ? 'Verify' : undefined
  }
}
