import type { ToolCall, ToolDefinition, ToolResult } from '../../../shared/playground.ts'
import { fillAnswer } from './tool-answer.ts'

/** The answers of these calls, if all of their tools answer by themselves. */
export function automaticResults(
  calls: readonly ToolCall[],
  tools: readonly ToolDefinition[],
): ToolResult[] | undefined {
  const results = calls.map(({ id, name, arguments: text }): ToolResult | undefined => {
    const tool = tools.find((one) => one.on && one.automatic && one.name === name)
    return tool && { id, name, text: fillAnswer(tool.answer, text).text, failed: false }
  })
  return results.every((result) => result !== undefined) ? results : undefined
}
