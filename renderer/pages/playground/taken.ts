/** What a deployment takes, control by control; what it refuses comes with the reason. */
import type { ModelChoice } from '../../../shared/model-facts.ts'
import type { DialectId } from '../../../shared/exchange.ts'
import type { Effort } from '../../../shared/model-facts.ts'
import type { Parameters, PlaygroundOptions } from '../../../shared/playground.ts'
import { dialectName } from '../../ui/dialects.ts'

/** What is known of a model name. Of a name that was typed there may be no choice. */
export interface Known {
  choice?: ModelChoice | undefined
  options?: PlaygroundOptions | undefined
}

/** `why`: it is not taken, as a sentence. */
export type Can<T = object> = ({ yes: true } & T) | { yes: false; why: string }

export interface Taken {
  dialect: DialectId
  dialects: readonly DialectId[]
  systemPrompt: Can
  temperature: Can<{ max: number }>
  topP: Can
  maxTokens: Can<{ cap: number | undefined }>
  stop: Can
  seed: Can
  effort: Can<{ efforts: readonly Effort[] }>
  thinkingBudget: Can
  verbosity: Can
  tools: Can
  schema: Can
  images: Can
  files: Can
}

type Takes = ModelChoice['takes']

const YES = { yes: true } as const
const no = (why: string): { yes: false; why: string } => ({ yes: false, why })

/** @param parameters as they are set: thinking shuts out sampling, temperature may shut out top_p */
export function takenBy({ choice, options }: Known, parameters: Parameters): Taken {
  const takes = choice?.takes
  const dialect = parameters.dialect ?? options?.dialects[0] ?? choice?.api ?? 'chat'
  const has = (field: keyof Takes, what: string, otherwise: string): Can =>
    takes === undefined || takes[field] !== false ? YES : no(reasonOf(takes, what) ?? otherwise)
  const chatOnly = (what: string): Can => (dialect === 'chat' ? YES : no(`${dialectName(dialect)} has no ${what}`))
  const thinking = thinkingShutsOut(takes, parameters, dialect)
  const sampling = (field: 'temperature' | 'topP', what: string): Can => {
    if (thinking !== undefined) return no(thinking)
    if (takes?.samplingWithoutEffort === true && parameters.effort === 'none') return YES
    return has(field, what, 'The model refuses it')
  }
  const temperature = sampling('temperature', 'temperature')
  const either = takes?.temperatureOrTopP === true && parameters.temperature !== undefined
  return {
    dialect,
    dialects: options?.dialects ?? (choice ? [choice.api] : []),
    systemPrompt: has('systemPrompt', 'system prompt', 'The model takes no instructions'),
    temperature: temperature.yes
      ? { yes: true, max: dialect === 'messages' ? 1 : (takes?.temperatureMax ?? 2) }
      : temperature,
    topP: either ? no('The model takes either temperature or top_p') : sampling('topP', 'top_p'),
    maxTokens:
      takes?.maxTokens === false
        ? no('The model refuses it')
        : { yes: true, cap: options?.outputCap ?? choice?.outputCap },
    stop:
      dialect === 'responses' ? no('Responses has no stop sequences') : has('stop', 'stop', 'The model refuses them'),
    seed: chatOnly('seed'),
    effort: effortOf(takes),
    thinkingBudget:
      options?.thinkingBudget === true && dialect === 'messages' ? YES : no('The model takes no budget for thinking'),
    verbosity: options?.verbosity === true && dialect !== 'messages' ? YES : no('Only GPT-5 and later take it'),
    tools: has('tools', 'tools', 'The model calls no tools'),
    schema: has('schema', 'schema', 'The model has no structured output by schema'),
    images: has('images', 'images', 'The model reads text only'),
    files: filesIn(choice, options),
  }
}

function thinkingShutsOut(takes: Takes | undefined, parameters: Parameters, dialect: DialectId): string | undefined {
  if (dialect !== 'messages' || takes?.thinking === false) return undefined
  const thinks = parameters.thinkingBudget !== undefined || (parameters.effort ?? 'none') !== 'none'
  return thinks ? 'Claude takes none while it thinks' : undefined
}

function effortOf(takes: Takes | undefined): Taken['effort'] {
  if (takes === undefined || takes.efforts.length === 0) return no('The model does not think by effort')
  return { yes: true, efforts: takes.efforts }
}

function filesIn(choice: ModelChoice | undefined, options: PlaygroundOptions | undefined): Can {
  if (options?.files === false || choice?.takes.images === false) return no('The model reads no PDF, only text')
  return YES
}

function reasonOf(takes: Takes, what: string): string | undefined {
  return takes.refused.find((one) => one.what === what)?.reason.replace(/\.$/, '')
}

/** Without the values that are not taken: they are remembered, not sent. */
export function fitted(parameters: Parameters, taken: Taken): Parameters {
  const { dialect, temperature, topP, maxTokens, stop, seed, effort, thinkingBudget, verbosity } = parameters
  const cap = taken.maxTokens.yes ? (taken.maxTokens.cap ?? Infinity) : 0
  const entries: [keyof Parameters, unknown, boolean][] = [
    ['dialect', dialect, dialect !== undefined && taken.dialects.includes(dialect)],
    ['temperature', temperature, taken.temperature.yes && (temperature ?? 0) <= taken.temperature.max],
    ['topP', topP, taken.topP.yes],
    ['maxTokens', maxTokens === undefined ? undefined : Math.min(maxTokens, cap), taken.maxTokens.yes],
    ['stop', stop, taken.stop.yes && (stop ?? []).length > 0],
    ['seed', seed, taken.seed.yes],
    ['effort', effort, taken.effort.yes && effort !== undefined && taken.effort.efforts.includes(effort)],
    ['thinkingBudget', thinkingBudget, taken.thinkingBudget.yes],
    ['verbosity', verbosity, taken.verbosity.yes],
  ]
  return Object.fromEntries(
    entries.flatMap(([name, value, yes]) => (yes && value !== undefined ? [[name, value]] : [])),
  )
}
