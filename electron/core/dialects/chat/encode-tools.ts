import { clientPath } from '../../client-paths.ts'
import { customInputSchema } from '../../custom-input.ts'
import type { FunctionTool, HubRequest, ResponseFormat, Tool } from '../../hub.ts'
import { isStrictSchema } from '../../strict-schema.ts'
import type { EncodeScope } from './encode-scope.ts'
import { unsupported } from './encode-scope.ts'

type Wire = Record<string, unknown>

/** Tools, choice and the switch for parallel calls; nothing at all where there are no tools. */
export function encodeTools(scope: EncodeScope): Wire {
  const { request } = scope
  if (request.tools.length === 0) return {}
  const choice = request.toolChoice
  const filtered = typeof choice === 'object' && 'allowed' in choice && !scope.profile.apis.includes('responses')
  const tools = filtered && request.dialect !== 'chat' ? onlyAllowed(choice.allowed, scope) : request.tools
  const body: Wire = { tools: tools.map((tool, index) => encodeTool(tool, index, scope)) }
  const encoded = filtered && request.dialect !== 'chat' ? choice.mode : encodeChoice(request, scope)
  if (encoded !== undefined) body['tool_choice'] = encoded
  if (request.parallelTools !== undefined) body['parallel_tool_calls'] = request.parallelTools
  return body
}

function onlyAllowed(allowed: readonly string[], scope: EncodeScope): Tool[] {
  const path = clientPath(scope.request.dialect, 'toolChoice')
  scope.lose(path, 'degraded', 'The model knows no list of allowed tools; the others were left out.')
  return scope.request.tools.filter((tool) => allowed.includes(tool.name))
}

function encodeTool(tool: Tool, index: number, scope: EncodeScope): Wire {
  switch (tool.type) {
    case 'function':
      return {
        type: 'function',
        function: {
          name: scope.naming.sent(tool.name, tool.namespace),
          ...(tool.description === undefined ? {} : { description: tool.description }),
          ...parametersOf(tool, scope),
          ...strictOf(tool, scope),
        },
      }
    case 'custom': {
      const name = scope.naming.sent(tool.name, tool.namespace)
      const description = tool.description === undefined ? {} : { description: tool.description }
      if (!scope.wrapCustom) {
        const format = tool.format === undefined ? {} : { format: wireFormat(tool.format) }
        return { type: 'custom', custom: { name, ...description, ...format } }
      }
      const reason = 'The model takes no free-text tools; it got a function with one string.'
      scope.lose(`tools[${index}]`, 'degraded', reason)
      return { type: 'function', function: { name, ...description, parameters: customInputSchema } }
    }
    case 'hosted':
      if (tool.dialect === 'chat') return tool.raw as Wire
      throw unsupported(
        `tools[${index}]`,
        `The hosted tool "${tool.name}" exists only in the API it was declared for.`,
        'Leave it out, or ask a model that has it.',
      )
  }
}

/** Responses takes an empty schema for none; Chat insists on an object's, or on no word of it. */
function parametersOf(tool: FunctionTool, scope: EncodeScope): Wire {
  const { parameters } = tool
  if (parameters === undefined) return {}
  if (scope.request.dialect === 'chat' || parameters['type'] !== undefined) return { parameters }
  return Object.keys(parameters).length === 0 ? {} : { parameters: { type: 'object', ...parameters } }
}

function strictOf(tool: FunctionTool, scope: EncodeScope): Wire {
  const { strict, parameters } = tool
  if (strict === undefined) return {}
  // Anthropic's idea of strict is laxer than OpenAI's, which would refuse the schema.
  const isTooLax = strict && scope.request.dialect === 'messages' && !isStrictSchema(parameters ?? {})
  if (isTooLax) {
    scope.lose('tools.strict', 'degraded', 'The schema is not one that OpenAI models can guarantee to follow.')
  }
  return { strict: strict && !isTooLax }
}

/** Responses writes a grammar flat, Chat one level deeper. */
function wireFormat(format: unknown): unknown {
  if (typeof format !== 'object' || format === null || !('type' in format)) return format
  if (format.type !== 'grammar' || 'grammar' in format) return format
  const { type, ...grammar } = format
  return { type, grammar }
}

function encodeChoice(request: HubRequest, scope: EncodeScope): unknown {
  const choice = request.toolChoice
  if (choice === undefined || typeof choice === 'string') return choice
  if ('name' in choice) return named(choice.name, scope)
  return {
    type: 'allowed_tools',
    allowed_tools: { mode: choice.mode, tools: choice.allowed.map((name) => named(name, scope)) },
  }
}

function named(name: string, scope: EncodeScope): Wire {
  const isCustom = scope.request.tools.some((tool) => tool.type === 'custom' && tool.name === name)
  const sent = { name: scope.naming.sent(name) }
  return isCustom && !scope.wrapCustom ? { type: 'custom', custom: sent } : { type: 'function', function: sent }
}

/** `response_format`; models without JSON schemas get JSON mode and the schema as an instruction. */
export function encodeFormat(
  format: ResponseFormat | undefined,
  scope: EncodeScope,
): { body: Wire; instruction?: string } {
  if (format === undefined) return { body: {} }
  if (format.kind === 'json') return { body: { response_format: { type: 'json_object' } } }
  const { name, description, schema, strict } = format
  if (!scope.profile.structuredOutput && scope.request.dialect !== 'chat') {
    const path = clientPath(scope.request.dialect, 'format')
    scope.lose(path, 'degraded', 'The model takes no JSON schema; it was told to follow it.')
    return {
      body: { response_format: { type: 'json_object' } },
      instruction: `Respond with a single JSON object that follows this JSON schema:\n${JSON.stringify(schema)}`,
    }
  }
  const json_schema = {
    name,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(strict === undefined ? {} : { strict }),
  }
  return { body: { response_format: { type: 'json_schema', json_schema } } }
}
