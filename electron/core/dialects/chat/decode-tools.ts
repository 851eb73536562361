import type { ResponseFormat, Tool, ToolChoice } from '../../hub.ts'
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

/** `tools` and the older `functions`. */
export function decodeTools(body: Fields): Tool[] {
  const tools = (optionalArray(body['tools'], 'tools') ?? []).map((tool, index) => decodeTool(tool, `tools[${index}]`))
  for (const [index, tool] of (optionalArray(body['functions'], 'functions') ?? []).entries()) {
    tools.push(decodeFunction(tool, `functions[${index}]`))
  }
  return tools
}

function decodeTool(value: unknown, path: string): Tool {
  const tool = fieldsAt(value, path)
  const type = stringAt(tool['type'], `${path}.type`)
  switch (type) {
    case 'function':
      return decodeFunction(tool['function'], `${path}.function`)
    case 'custom': {
      const custom = fieldsAt(tool['custom'], `${path}.custom`)
      const description = optionalString(custom['description'], `${path}.custom.description`)
      const format: unknown = custom['format'] ?? undefined
      return {
        type: 'custom',
        name: stringAt(custom['name'], `${path}.custom.name`),
        ...(description === undefined ? {} : { description }),
        ...(format === undefined ? {} : { format }),
      }
    }
    default:
      return { type: 'hosted', name: type, dialect: 'chat', raw: tool }
  }
}

function decodeFunction(value: unknown, path: string): Tool {
  const declared = fieldsAt(value, path)
  const description = optionalString(declared['description'], `${path}.description`)
  const parameters = optionalFields(declared['parameters'], `${path}.parameters`)
  const strict = optionalBoolean(declared['strict'], `${path}.strict`)
  return {
    type: 'function',
    name: stringAt(declared['name'], `${path}.name`),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
  }
}

/** `tool_choice` and the older `function_call`. */
export function decodeToolChoice(body: Fields): ToolChoice | undefined {
  const value: unknown = body['tool_choice'] ?? undefined
  if (value === undefined) return decodeFunctionCall(body['function_call'])
  if (value === 'auto' || value === 'none' || value === 'required') return value
  if (!isFields(value)) throw invalid('tool_choice', `tool_choice ${JSON.stringify(value)} is not known.`)
  switch (value['type']) {
    case 'function':
    case 'custom': {
      const path = `tool_choice.${value['type']}`
      return { name: stringAt(fieldsAt(value[value['type']], path)['name'], `${path}.name`) }
    }
    case 'allowed_tools': {
      const path = 'tool_choice.allowed_tools'
      const allowed = fieldsAt(value['allowed_tools'], path)
      const mode = allowed['mode'] === 'required' ? 'required' : 'auto'
      const tools = arrayAt(allowed['tools'], `${path}.tools`)
      return { mode, allowed: tools.map((tool, index) => allowedName(tool, `${path}.tools[${index}]`)) }
    }
    default:
      throw invalid('tool_choice.type', `tool_choice.type ${JSON.stringify(value['type'])} is not known.`)
  }
}

function allowedName(value: unknown, path: string): string {
  const tool = fieldsAt(value, path)
  const kind = tool['type'] === 'custom' ? 'custom' : 'function'
  return stringAt(fieldsAt(tool[kind], `${path}.${kind}`)['name'], `${path}.${kind}.name`)
}

function decodeFunctionCall(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none') return value
  return { name: stringAt(fieldsAt(value, 'function_call')['name'], 'function_call.name') }
}

/** `response_format`; plain text is the default and needs no word. */
export function decodeFormat(value: unknown): ResponseFormat | undefined {
  const format = optionalFields(value, 'response_format')
  if (format === undefined) return undefined
  switch (format['type']) {
    case 'text':
      return undefined
    case 'json_object':
      return { kind: 'json' }
    case 'json_schema': {
      const path = 'response_format.json_schema'
      const declared = fieldsAt(format['json_schema'], path)
      const description = optionalString(declared['description'], `${path}.description`)
      const strict = optionalBoolean(declared['strict'], `${path}.strict`)
      return {
        kind: 'schema',
        name: stringAt(declared['name'], `${path}.name`),
        schema: optionalFields(declared['schema'], `${path}.schema`) ?? {},
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      }
    }
    default:
      throw invalid('response_format.type', `response_format.type ${JSON.stringify(format['type'])} is not known.`)
  }
}
