import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import type { Fields } from '../../openai/fields.ts'
import {
  arrayAt,
  fieldsAt,
  invalid,
  isFields,
  optionalArray,
  optionalBoolean,
  optionalFields,
  optionalString,
  stringAt,
} from '../../openai/fields.ts'
import type { DeclaredTools } from './decode-input.ts'

/** `tools` and those that stand in the conversation; one that is declared again replaces the earlier one. */
export function decodeTools(value: unknown, inInput: readonly DeclaredTools[], losses: LossList): Tool[] {
  const declared: DeclaredTools[] = [{ tools: optionalArray(value, 'tools') ?? [], path: 'tools' }, ...inInput]
  const tools = new Map<string, Tool>()
  for (const { tools: list, path } of declared) {
    for (const [index, entry] of list.entries()) {
      for (const tool of decodeTool(entry, `${path}[${index}]`, losses)) tools.set(keyOf(tool), tool)
    }
  }
  return [...tools.values()]
}

function keyOf(tool: Tool): string {
  if (tool.type === 'hosted') return JSON.stringify([tool.name, tool.raw])
  return JSON.stringify([tool.namespace ?? null, tool.name])
}

function decodeTool(value: unknown, path: string, losses: LossList): Tool[] {
  const tool = fieldsAt(value, path)
  const type = stringAt(tool['type'], `${path}.type`)
  switch (type) {
    case 'function':
    case 'custom':
      return [decodeOwnTool(tool, path, undefined)]
    case 'namespace':
      return decodeNamespace(tool, path, losses)
    default:
      return [{ type: 'hosted', name: type, dialect: 'responses', raw: tool, path }]
  }
}

/** The tools of a namespace, which no other API has: its description is for the whole and has no place elsewhere. */
function decodeNamespace(raw: Fields, path: string, losses: LossList): Tool[] {
  const namespace = stringAt(raw['name'], `${path}.name`)
  const description = optionalString(raw['description'], `${path}.description`) ?? ''
  if (description !== '') {
    losses.degraded(`${path}.description`, 'Other APIs have no namespaces: they became part of the tool names.')
  }
  return arrayAt(raw['tools'], `${path}.tools`).map((entry, index) => {
    const toolPath = `${path}.tools[${index}]`
    return decodeOwnTool(fieldsAt(entry, toolPath), toolPath, namespace)
  })
}

/** Functions are declared flat here; some clients nest them as Chat does. */
function decodeOwnTool(raw: Fields, path: string, namespace: string | undefined): FunctionTool | CustomTool {
  const kind = raw['type'] === 'custom' ? 'custom' : 'function'
  const nested = optionalFields(raw[kind], `${path}.${kind}`)
  const declared = nested ?? raw
  const at = nested === undefined ? path : `${path}.${kind}`
  const description = optionalString(declared['description'], `${at}.description`)
  const shared = {
    name: stringAt(declared['name'], `${at}.name`),
    ...(description === undefined ? {} : { description }),
    ...(namespace === undefined ? {} : { namespace }),
  }
  if (kind === 'custom') {
    const format: unknown = declared['format'] ?? undefined
    return { type: 'custom', ...shared, ...(format === undefined ? {} : { format }) }
  }
  const parameters = optionalFields(declared['parameters'], `${at}.parameters`)
  const strict = optionalBoolean(declared['strict'], `${at}.strict`)
  return {
    type: 'function',
    ...shared,
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
  }
}

/** `tool_choice`: a hosted tool is chosen by its type. */
export function decodeToolChoice(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return value
  if (!isFields(value)) throw invalid('tool_choice', `tool_choice ${JSON.stringify(value)} is not known.`)
  if (value['type'] !== 'allowed_tools') return { name: chosenName(value, 'tool_choice') }
  const path = 'tool_choice.allowed_tools'
  const nested = optionalFields(value['allowed_tools'], path)
  const allowed = nested ?? value
  const toolsPath = `${nested === undefined ? 'tool_choice' : path}.tools`
  return {
    mode: allowed['mode'] === 'required' ? 'required' : 'auto',
    allowed: arrayAt(allowed['tools'], toolsPath).map((tool, index) =>
      chosenName(fieldsAt(tool, `${toolsPath}[${index}]`), `${toolsPath}[${index}]`),
    ),
  }
}

function chosenName(choice: Fields, path: string): string {
  const type = stringAt(choice['type'], `${path}.type`)
  if (type !== 'function' && type !== 'custom') return optionalString(choice['name'], `${path}.name`) ?? type
  const nested = optionalFields(choice[type], `${path}.${type}`)
  return stringAt((nested ?? choice)['name'], `${path}.name`)
}
