import type { Attachment, ChatTurn, PlaygroundOptions } from '../../../shared/playground.ts'
import { tokensIn } from './figures.ts'
import type { Session } from './session.ts'
import { pathTo } from './turn-tree.ts'

/** Input tokens of the next message over all columns, guessed from the length of the text; the cost where it is known. */
export function estimate(
  session: Session,
  options: ReadonlyMap<string, PlaygroundOptions>,
): { tokens: number; cost?: number } {
  const { settings, lanes } = session.head
  const tools = settings.tools.filter((tool) => tool.on).reduce((sum, tool) => sum + tool.parameters.length, 0)
  const always = tokensIn(settings.system.length + tools + session.draft.length) + attached(session.attachments)
  let tokens = 0
  let cost: number | undefined = 0
  for (const lane of lanes) {
    const here = always + pathTo(session.turns, lane.leaf).reduce((sum, turn) => sum + tokensOf(turn), 0)
    const rates = options.get(lane.model)?.rates
    tokens += here
    cost = cost === undefined || rates === undefined ? undefined : cost + (here * rates.input) / 1_000_000
  }
  return cost === undefined ? { tokens } : { tokens, cost }
}

function tokensOf(turn: ChatTurn): number {
  switch (turn.role) {
    case 'user':
      return tokensIn(turn.text.length) + attached(turn.attachments)
    case 'assistant':
      // Thoughts are not sent again.
      return tokensIn(turn.text.length + turn.calls.reduce((sum, call) => sum + call.arguments.length, 0))
    case 'tool':
      return turn.results.reduce((sum, result) => sum + tokensIn(result.text.length), 0)
  }
}

function attached(attachments: readonly Attachment[]): number {
  return attachments.reduce((sum, one) => sum + (one.type === 'text' ? tokensIn(one.text.length) : tokensIn(0, 1)), 0)
}
