import type { HubRequest, Tool, ToolChoice } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import { fieldsAt, invalid, listAt, optionalBoolean, optionalFields, optionalText, textAt } from './fields.ts'

/**
 * Tools with a schema of their own are functions; every typed tool (`web_search_20250305`, `bash_20250124`, …) is known
 * to Claude alone and stays as it is. Hints for loading and streaming (`defer_loading`, `eager_input_streaming`) change
 * nothing that another model could see.
 */
export function decodeTools(value: unknown, losses: LossList): Tool[] {
  if (value === undefined || value === null) return []
  return listAt(value, 'tools').map((entry, index) => decodeTool(entry, `tools[${index}]`, losses))
}

function decodeTool(entry: unknown, path: string, losses: LossList): Tool {
  const raw = fieldsAt(entry, path)
  const type = optionalText(raw['type'], `${path}.type`)
  if (type !== undefined && type !== 'custom') {
    return { type: 'hosted', name: optionalText(raw['name'], `${path}.name`) ?? type, dialect: 'messages', raw }
  }
  const tool: Tool = { type: 'function', name: textAt(raw['name'], `${path}.name`) }
  const description = optionalText(raw['description'], `${path}.description`)
  const parameters = optionalFields(raw['input_schema'], `${path}.input_schema`)
  const strict = optionalBoolean(raw['strict'], `${path}.strict`)
  const cache = optionalFields(raw['cache_control'], `${path}.cache_control`)
  if (description !== undefined) tool.description = description
  if (parameters !== undefined) tool.parameters = parameters
  if (strict !== undefined) tool.strict = strict
  if (cache !== undefined) tool.cache = cache
  if (raw['input_examples'] !== undefined && raw['input_examples'] !== null) {
    losses.dropped('tools.input_examples', 'Only Anthropic models take examples of a tool input.')
  }
  if (Array.isArray(raw['allowed_callers']) && !raw['allowed_callers'].includes('direct')) {
    losses.dropped('tools.allowed_callers', 'Only Anthropic models call tools from their code execution.')
  }
  return tool
}

export function decodeToolChoice(value: unknown): Pick<Partial<HubRequest>, 'toolChoice' | 'parallelTools'> {
  const choice = optionalFields(value, 'tool_choice')
  if (!choice) return {}
  const serial = optionalBoolean(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use')
  return { toolChoice: decodeChoice(choice), ...(serial === true ? { parallelTools: false } : {}) }
}

function decodeChoice(choice: Record<string, unknown>): ToolChoice {
  switch (choice['type']) {
    case 'auto':
      return 'auto'
    case 'any':
      return 'required'
    case 'none':
      return 'none'
    case 'tool':
      return { name: textAt(choice['name'], 'tool_choice.name') }
    default:
      throw invalid('tool_choice.type', 'Input should be "auto", "any", "tool" or "none".')
  }
}
