import type {
  AnswerPart,
  ChatLane,
  ChatSettings,
  ChatTurn,
  PlaygroundRequest,
  SentTurn,
} from '../../../shared/playground.ts'
import { parseSchema } from './definitions.ts'
import { fitted, type Taken } from './taken.ts'
import { fillVariables } from './variables.ts'

export interface RequestSource {
  settings: ChatSettings
  lane: ChatLane
  /** From the first turn to the last that is sent. */
  path: readonly ChatTurn[]
  taken: Taken
}

/** What is sent: turns that say something, variables filled in, and only what the deployment takes. */
export function requestOf({ settings, lane, path, taken }: RequestSource): PlaygroundRequest {
  const system = fillVariables(settings.system, settings.variables)
  const tools = settings.tools
    .filter((tool) => tool.on && taken.tools.yes)
    .flatMap(({ name, description, parameters }) => {
      const { schema } = parseSchema(parameters)
      return schema === undefined || name === '' ? [] : [{ name, description, parameters: schema }]
    })
  const { format } = settings
  const schema = format?.on === true && taken.schema.yes ? parseSchema(format.schema).schema : undefined
  return {
    ...fitted(lane.parameters, taken),
    model: lane.model,
    turns: sentTurns(path, settings, lane.model),
    ...(system.trim() === '' || !taken.systemPrompt.yes ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(format === undefined || schema === undefined
      ? {}
      : { format: { name: format.name || 'answer', schema, strict: format.strict } }),
  }
}

/** An answer that failed before its first word is left out; so is a call that nobody answered. */
function sentTurns(path: readonly ChatTurn[], settings: ChatSettings, model: string): SentTurn[] {
  return path.flatMap((turn, index): SentTurn[] => {
    switch (turn.role) {
      case 'user':
        return [
          { role: 'user', text: fillVariables(turn.text, settings.variables), attachments: [...turn.attachments] },
        ]
      case 'tool':
        return [{ role: 'tool', results: [...turn.results] }]
      case 'assistant': {
        const answered = path[index + 1]?.role === 'tool'
        // What a model sealed can be read by that model alone.
        const parts = (turn.parts ?? shownParts(turn))
          .filter((part) => (part.type === 'call' ? answered : part.type !== 'reasoning' || turn.model === model))
          .filter((part) => part.type !== 'text' || part.text !== '')
        return parts.some((part) => part.type !== 'reasoning') ? [{ role: 'assistant', parts }] : []
      }
    }
  })
}

/** Of an answer that did not end. */
function shownParts(turn: Extract<ChatTurn, { role: 'assistant' }>): AnswerPart[] {
  return [
    ...(turn.text === '' ? [] : [{ type: 'text' as const, text: turn.text }]),
    ...(turn.refusal === '' ? [] : [{ type: 'refusal' as const, text: turn.refusal }]),
    ...turn.calls.map((call) => ({ type: 'call' as const, ...call })),
  ]
}
