import { LazuliError } from '../../../core/error.ts'
import type { Difference } from './conversation.ts'
import type { Recording } from './recordings-of.ts'

const MOST_NAMES = 8

/** Says that nothing recorded is like a request, what comes nearest, and where that differs. Nobody's words are repeated. */
export function notRecorded(
  model: string,
  nearest: { recording: Recording; difference: Difference } | undefined,
  all: readonly Recording[],
): LazuliError {
  const code = 'not_recorded'
  if (nearest === undefined) {
    const names = [...new Set(all.flatMap(({ exchange }) => exchange.detail.summary.askedModel ?? []))]
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
    return new LazuliError({
      code,
      status: 404,
      message: `Nothing was recorded with the model ${model.slice(0, 100)}.`,
      fix:
        names.length === 0
          ? 'The recording has no conversation that could be played.'
          : `The recording has ${names.slice(0, MOST_NAMES).join(', ')}${more}.`,
    })
  }
  const { id } = nearest.recording.exchange.detail.summary
  const at = all.indexOf(nearest.recording) + 1
  return new LazuliError({
    code,
    status: 404,
    message: `No recorded conversation is like this one. The nearest is ${id}, number ${at} of ${all.length}; the first difference is in ${nearest.difference.where}.`,
    fix: 'Record it again, or match by last_message or sequence.',
  })
}
