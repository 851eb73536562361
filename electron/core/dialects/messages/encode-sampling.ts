import { clientPath } from '../../client-paths.ts'
import type { HubRequest } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import type { ModelProfile } from '../../models/profile.ts'
import type { Fields } from './fields.ts'

/** With thinking on, Anthropic takes no temperature but 1, no top_k, and top_p only in this range. */
const topPWhileThinking = { least: 0.95, most: 1 } as const

/** Sampling parameters and stop sequences as far as the model takes them; a value that is the default needs no word. */
export function encodeSampling(
  request: HubRequest,
  profile: ModelProfile,
  isThinking: boolean,
  losses: LossList,
): Fields {
  const sampling: Fields = {}
  const temperature = encodeTemperature(request, profile, isThinking, losses)
  if (temperature !== undefined) sampling['temperature'] = temperature
  const topP = encodeTopP(request, profile, isThinking, temperature !== undefined, losses)
  if (topP !== undefined) sampling['top_p'] = topP
  if (request.topK !== undefined) {
    if (profile.rejects.has('top_k')) losses.dropped('top_k', 'The model takes no top_k.')
    else if (isThinking) losses.dropped('top_k', 'Claude takes no top_k while it thinks.')
    else sampling['top_k'] = request.topK
  }
  const stop = encodeStop(request, profile, losses)
  if (stop) sampling['stop_sequences'] = stop
  return sampling
}

function encodeTemperature(
  request: HubRequest,
  profile: ModelProfile,
  isThinking: boolean,
  losses: LossList,
): number | undefined {
  const asked = request.temperature
  if (asked === undefined) return undefined
  if (profile.rejects.has('temperature')) {
    if (asked !== 1) losses.dropped('temperature', 'The model takes no temperature.')
    return undefined
  }
  if (isThinking) {
    if (asked !== 1) losses.dropped('temperature', 'Claude takes no temperature while it thinks.')
    return undefined
  }
  if (asked > 1) losses.degraded('temperature', 'Anthropic models take a temperature of 1 at most.')
  return Math.min(Math.max(asked, 0), 1)
}

function encodeTopP(
  request: HubRequest,
  profile: ModelProfile,
  isThinking: boolean,
  hasTemperature: boolean,
  losses: LossList,
): number | undefined {
  const asked = request.topP
  if (asked === undefined) return undefined
  const drop = (reason: string): undefined => {
    if (asked !== 1) losses.dropped('top_p', reason)
    return undefined
  }
  if (profile.rejects.has('top_p')) return drop('The model takes no top_p.')
  if (isThinking && (asked < topPWhileThinking.least || asked > topPWhileThinking.most)) {
    return drop('Claude takes top_p only from 0.95 to 1 while it thinks.')
  }
  if (hasTemperature && profile.rejects.has('temperature_with_top_p')) {
    return drop('The model takes either temperature or top_p.')
  }
  return asked
}

function encodeStop(request: HubRequest, profile: ModelProfile, losses: LossList): string[] | undefined {
  if (request.stop === undefined || request.stop.length === 0) return undefined
  const path = clientPath(request.dialect, 'stop')
  if (profile.rejects.has('stop')) {
    losses.dropped(path, 'The model takes no stop sequences.')
    return undefined
  }
  const sequences = request.stop.filter((sequence) => sequence.trim() !== '')
  if (sequences.length < request.stop.length) losses.dropped(path, 'Anthropic takes no stop sequence of white space.')
  return sequences.length > 0 ? sequences : undefined
}
