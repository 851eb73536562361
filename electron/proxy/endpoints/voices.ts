/**
 * The voices of OpenAI's speech models, for clients that let a person choose (`GET /v1/audio/voices`). No resource lists
 * them. Source: OpenAI's and Azure's reference of `audio/speech`, 2026-09.
 */
const NAMES = [
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
] as const

export function voiceList(): Record<string, unknown> {
  const voices = NAMES.map((id) => ({
    id,
    name: id[0]!.toUpperCase() + id.slice(1),
    object: 'voice',
  }))
  return { object: 'list', voices, data: voices }
}
