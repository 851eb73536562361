import { clientPath } from '../../client-paths.ts'
import { customInputSchema } from '../../custom-input.ts'
import type { FunctionTool, HubRequest, ResponseFormat, Tool } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { isStrictSchema } from '../../strict-schema.ts'
import type { EncodeScope } from './encode-scope.ts'
import { unsupported } from './encode-scope.ts'

/** Tools, choice and the switch for parallel calls; nothing at all where there are no tools. */
export function encodeTools(scope: EncodeScope): Fields {
  const { request } = scope
  if (request.tools.length === 0) return {}
  const body: Fields = { tools: request.tools.map((tool, index) => encodeTool(tool, index, scope)) }
  const choice = encodeChoice(request, scope)
  if (choice !== undefined) body['tool_choice'] = choice
  if (request.parallelTools !== undefined) body['parallel_tool_calls'] = request.parallelTools
  return body
}

function encodeTool(tool: Tool, index: number, scope: EncodeScope): Fields {
  switch (tool.type) {
    case 'function':
      return {
        type: 'function',
        name: scope.naming.sent(tool.name, tool.namespace),
        ...(tool.description === undefined ? {} : { description: tool.description }),
        parameters: objectSchema(tool.parameters),
        // Left out it would mean true here, while it means false in the other dialects.
        strict: encodeStrict(tool, scope),
      }
    case 'custom': {
      const name = scope.naming.sent(tool.name, tool.namespace)
      const description = tool.description === undefined ? {} : { description: tool.description }
      if (!scope.wrapCustom) {
        const format = tool.format === undefined ? {} : { format: flatFormat(tool.format) }
        return { type: 'custom', name, ...description, ...format }
      }
      const reason = 'The model takes no free-text tools; it got a function with one string.'
      scope.lose(`tools[${index}]`, 'degraded', reason)
      return { type: 'function', name, ...description, parameters: customInputSchema, strict: false }
    }
    case 'hosted':
      if (tool.dialect === 'responses') return tool.raw as Fields
      throw unsupported(
        tool.path ?? `tools[${index}]`,
        `The hosted tool "${tool.name}" exists only in the API it was declared for.`,
        'Leave it out, or ask a model that has it.',
      )
  }
}

function encodeStrict(tool: FunctionTool, scope: EncodeScope): boolean {
  if (tool.strict !== true) return false
  // Anthropic's idea of strict is laxer than OpenAI's, which would refuse the schema.
  if (scope.request.dialect !== 'messages' || isStrictSchema(tool.parameters ?? {})) return true
  scope.lose('tools.strict', 'degraded', 'The schema is not one that OpenAI models can guarantee to follow.')
  return false
}

function objectSchema(parameters: Fields | undefined): Fields {
  if (parameters === undefined || Object.keys(parameters).length === 0) return { type: 'object', properties: {} }
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters
}

/** Chat writes a grammar one level deeper. */
function flatFormat(format: unknown): unknown {
  if (typeof format !== 'object' || format === null || !('grammar' in format)) return format
  const { grammar, ...rest } = format
  return typeof grammar === 'object' && grammar !== null ? { ...rest, ...grammar } : format
}

function encodeChoice(request: HubRequest, scope: EncodeScope): unknown {
  const choice = request.toolChoice
  if (choice === undefined || typeof choice === 'string') return choice
  if ('name' in choice) return named(choice.name, scope)
  return { type: 'allowed_tools', mode: choice.mode, tools: choice.allowed.map((name) => named(name, scope)) }
}

function named(name: string, scope: EncodeScope): Fields {
  const tool = scope.request.tools.find((one) => one.name === name)
  if (tool?.type === 'hosted') return { type: name }
  return { type: tool?.type === 'custom' && !scope.wrapCustom ? 'custom' : 'function', name: scope.naming.sent(name) }
}

/** `text.format`; models without JSON schemas get JSON mode and the schema as an instruction. */
export function encodeFormat(
  format: ResponseFormat | undefined,
  scope: EncodeScope,
): { format?: Fields; instruction?: string } {
  if (format === undefined) return {}
  if (format.kind === 'json') return { format: { type: 'json_object' } }
  const { description, schema } = format
  if (!scope.profile.structuredOutput && scope.request.dialect !== 'responses') {
    const path = clientPath(scope.request.dialect, 'format')
    scope.lose(path, 'degraded', 'The model takes no JSON schema; it was told to follow it.')
    return {
      format: { type: 'json_object' },
      instruction: `Respond with a single JSON object that follows this JSON schema:\n${JSON.stringify(schema)}`,
    }
  }
  return {
    format: {
      type: 'json_schema',
      name: format.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'output',
      ...(description === undefined ? {} : { description }),
      schema,
      strict: format.strict ?? false,
    },
  }
}
