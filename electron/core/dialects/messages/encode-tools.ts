import { clientPath } from '../../client-paths.ts'
import { customInputSchema } from '../../custom-input.ts'
import type { CustomTool, DialectId, FunctionTool, HubRequest, Tool } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import type { ModelProfile } from '../../models/profile.ts'
import type { ToolNaming } from '../../tool-names.ts'
import { encodeCacheMark } from './cache-marks.ts'
import { type Fields, invalid, unsupported } from './fields.ts'
import { nativeSchema } from './native-schema.ts'

export interface EncodedTools {
  tools: Fields[]
  choice?: Fields
  /** For `output_config.format`. */
  format?: Fields
  /** Name of the tool that stands in for structured output. */
  formatTool?: string
  wrappedCustomTools: Set<string>
  /** Does the choice force a call? Then Claude cannot think. */
  forced: boolean
}

/** Tools, tool choice and structured output, which older models only have as a forced tool. */
export function encodeTools(
  request: HubRequest,
  naming: ToolNaming,
  profile: ModelProfile,
  losses: LossList,
): EncodedTools {
  const wrappedCustomTools = new Set<string>()
  const tools = allowedTools(request, losses).map((tool) => {
    switch (tool.type) {
      case 'function':
        return encodeFunction(tool, request.dialect, naming, profile, losses)
      case 'custom': {
        const encoded = encodeCustom(tool, naming, losses)
        wrappedCustomTools.add(naming.sent(tool.name, tool.namespace))
        return encoded
      }
      case 'hosted':
        if (tool.dialect !== 'messages') {
          const index = request.tools.indexOf(tool)
          throw unsupported(
            `tools[${index}]`,
            `The hosted tool "${tool.name}" does not exist at Anthropic models.`,
            'Leave it out, or ask a model that has it.',
          )
        }
        return Object.assign<Fields, unknown>({}, tool.raw)
    }
  })
  const encoded: EncodedTools = { tools, wrappedCustomTools, forced: false }
  let choice = encodeChoice(request, naming, tools.length > 0)
  if (request.format?.kind === 'schema') choice = encodeFormat(encoded, request, profile, choice, losses)
  if (encoded.tools.length === 0) return encoded

  const isForced = choice?.['type'] === 'any' || choice?.['type'] === 'tool'
  if (isForced && !profile.thinkingOptional) {
    losses.degraded(clientPath(request.dialect, 'toolChoice'), 'The model always thinks, so no tool can be forced.')
    choice = { type: 'auto' }
  } else if (isForced) {
    encoded.forced = true
  }
  if (request.parallelTools === false && choice?.['type'] !== 'none') {
    choice = { type: 'auto', ...choice, disable_parallel_tool_use: true }
  }
  if (choice) encoded.choice = choice
  return encoded
}

function allowedTools(request: HubRequest, losses: LossList): Tool[] {
  const choice = request.toolChoice
  if (typeof choice !== 'object' || !('allowed' in choice)) return request.tools
  losses.degraded(clientPath(request.dialect, 'toolChoice'), 'Only the allowed tools are shown to the model.')
  const allowed = new Set(choice.allowed)
  return request.tools.filter((tool) => allowed.has(tool.name))
}

function encodeChoice(request: HubRequest, naming: ToolNaming, hasTools: boolean): Fields | undefined {
  const choice = request.toolChoice
  if (choice === undefined || !hasTools) return undefined
  if (typeof choice === 'string') return { type: choice === 'required' ? 'any' : choice }
  if ('allowed' in choice) return { type: choice.mode === 'required' ? 'any' : 'auto' }
  if (!request.tools.some((tool) => tool.name === choice.name)) {
    const path = clientPath(request.dialect, 'toolChoice')
    throw invalid(path, `The tool "${choice.name}" is to be called but is not among the tools.`)
  }
  return { type: 'tool', name: naming.sent(choice.name) }
}

function encodeFunction(
  tool: FunctionTool,
  dialect: DialectId,
  naming: ToolNaming,
  profile: ModelProfile,
  losses: LossList,
): Fields {
  const encoded: Fields = { name: naming.sent(tool.name, tool.namespace) }
  if (tool.description !== undefined) encoded['description'] = tool.description
  const schema = objectSchema(tool.parameters)
  encoded['input_schema'] = schema
  if (tool.strict === true) {
    if (profile.structuredOutput) {
      encoded['strict'] = true
      // What is guaranteed must keep within the same bounds as structured output.
      if (dialect !== 'messages') encoded['input_schema'] = nativeSchema(schema, 'tools.parameters', losses)
    } else losses.degraded('tools.strict', 'The model follows the schema of a tool but does not guarantee it.')
  }
  if (tool.cache) encoded['cache_control'] = encodeCacheMark(tool.cache)
  return encoded
}

function encodeCustom(tool: CustomTool, naming: ToolNaming, losses: LossList): Fields {
  const grammar = tool.format as { type?: unknown } | null | undefined
  if (grammar && grammar.type !== 'text') {
    losses.dropped('tools.format', 'Claude takes no grammar for the input of a tool.')
  }
  return {
    name: naming.sent(tool.name, tool.namespace),
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: customInputSchema,
  }
}

/** Messages insists on `type: "object"` at the top. */
function objectSchema(parameters: Fields | undefined): Fields {
  if (!parameters || Object.keys(parameters).length === 0) return { type: 'object', properties: {} }
  return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' }
}

/** Adds the wanted schema to `encoded`; gives the choice that goes with it. */
function encodeFormat(
  encoded: EncodedTools,
  request: HubRequest,
  profile: ModelProfile,
  choice: Fields | undefined,
  losses: LossList,
): Fields | undefined {
  const { format } = request
  if (format?.kind !== 'schema') return choice
  const path = clientPath(request.dialect, 'format')
  if (profile.structuredOutput) {
    const schema = request.dialect === 'messages' ? format.schema : nativeSchema(format.schema, path, losses)
    encoded.format = { type: 'json_schema', schema }
    return choice
  }
  if (choice?.['type'] === 'tool') {
    losses.dropped(path, 'The model has no structured output beside a tool that must be called.')
    return choice
  }
  const taken = new Set(encoded.tools.map((tool) => tool['name']))
  let name = format.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'output'
  while (taken.has(name)) name = `${name}_`
  const onlyFormat = encoded.tools.length === 0 || choice?.['type'] === 'none'
  encoded.formatTool = name
  encoded.tools.push({
    name,
    description: format.description ?? 'Gives the final answer. Call it with the answer as its input.',
    input_schema: objectSchema(format.schema),
  })
  // Beside other tools the model must be free to call those first.
  return onlyFormat ? { type: 'tool', name } : { type: 'any' }
}
