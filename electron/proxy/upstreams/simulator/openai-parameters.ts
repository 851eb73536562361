import type { ModelProfile } from '../../../core/models/profile.ts'
import { SimulatedFailure } from './failure.ts'
import { textOf, type JsonObject } from './json.ts'

/**
 * Refuses parameters that the model's family refuses, as Azure does for Chat and Responses alike.
 * @param effort the request's reasoning effort, wherever its wire has it
 * @param effortPath its path there
 * @throws SimulatedFailure
 */
export function refuseSampling(body: JsonObject, profile: ModelProfile, effort: unknown, effortPath: string): void {
  const quiet = profile.samplingWithoutEffort && effort === 'none'
  for (const name of profile.rejects) {
    const value = body[name]
    const usual = (name === 'temperature' || name === 'top_p') && value === 1
    if (value !== undefined && value !== null && !usual && !quiet) throw unsupportedParameter(name)
  }
  if (typeof effort !== 'string' || profile.efforts.some((one) => one === effort)) return
  if (profile.efforts.length === 0) throw unsupportedParameter(effortPath)
  throw new SimulatedFailure(
    400,
    'unsupported_value',
    `Unsupported value: '${effortPath}' takes ${profile.efforts.join(', ')} with this model, not '${effort}' (simulated).`,
    { param: effortPath },
  )
}

/** Does a model of this family reason in secret? Those that can do without do so unless they are told to. */
export function reasons(profile: ModelProfile, effort: unknown): boolean {
  if (profile.maxTokensField !== 'max_completion_tokens' || profile.efforts.length === 0) return false
  const usual = profile.efforts.includes('none') ? 'none' : 'medium'
  return (textOf(effort) || usual) !== 'none'
}

/** A whole number, or undefined. */
export function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}

export function unsupportedParameter(name: string, advice = ''): SimulatedFailure {
  return new SimulatedFailure(
    400,
    'unsupported_parameter',
    `Unsupported parameter: '${name}' is not supported with this model (simulated). ${advice}`.trim(),
    { param: name },
  )
}

export function invalidValue(param: string, message: string): SimulatedFailure {
  return new SimulatedFailure(400, 'invalid_value', `${message} (simulated)`, { param })
}
