import type { HubRequest } from '../../../core/hub.ts'
import { conversationOf, differenceOf, lastMessage, type Difference } from './conversation.ts'
import { oneName, type Recording } from './recordings-of.ts'

/** What makes a request the same as a recorded one; see `match` of an instance. */
export type MatchBy = 'conversation' | 'last_message' | 'sequence'

export type Found =
  | { recording: Recording }
  /** `difference` of the nearest one of the model; absent when nothing of the model was recorded. */
  | { nearest?: { recording: Recording; difference: Difference } }

/** Finds recordings. The same request asked again finds the next recording of it, and after the last that one again. */
export class RecordingFinder {
  readonly recordings: readonly Recording[]
  /** How often each was found, by the first of those that match. */
  readonly #found = new Map<Recording, number>()

  constructor(recordings: readonly Recording[]) {
    this.recordings = recordings
  }

  find(request: HubRequest, by: MatchBy): Found {
    const name = oneName(request.model)
    const ofModel = this.recordings.filter(({ names }) => names.has(name))
    if (by === 'sequence') return ofModel.length === 0 ? {} : { recording: this.#next(ofModel) }
    const asked = conversationOf(request)
    const compared = ofModel.map((recording) => ({
      recording,
      difference: leastOf(
        recording.conversations.map((one) =>
          by === 'last_message' ? differenceOf(lastMessage(one), lastMessage(asked)) : differenceOf(one, asked),
        ),
      ),
    }))
    const same = compared.filter(({ difference }) => difference === undefined).map(({ recording }) => recording)
    if (same.length > 0) return { recording: this.#next(same) }
    let nearest: { recording: Recording; difference: Difference } | undefined
    for (const { recording, difference } of compared) {
      if (difference === undefined) continue
      if (nearest === undefined || difference.equal > nearest.difference.equal) nearest = { recording, difference }
    }
    return nearest === undefined ? {} : { nearest }
  }

  #next(same: readonly Recording[]): Recording {
    // What its client did not wait for is only half an answer.
    const whole = same.filter(({ exchange }) => exchange.detail.summary.state !== 'aborted')
    const playable = whole.length > 0 ? whole : same
    const first = playable[0]!
    const times = this.#found.get(first) ?? 0
    this.#found.set(first, times + 1)
    return playable[Math.min(times, playable.length - 1)]!
  }
}

/** The best of several comparisons; undefined is no difference at all. */
function leastOf(differences: readonly (Difference | undefined)[]): Difference | undefined {
  let least: Difference | undefined
  for (const difference of differences) {
    if (difference === undefined) return undefined
    if (least === undefined || difference.equal > least.equal) least = difference
  }
  return least
}
