/**
 * Draws once per frame as long as drawing is cheap. What takes longer is drawn less often, so that most frames stay free
 * for scrolling and typing: nobody reads ten thousand events a second.
 */

export interface DrawClock {
  /** Milliseconds of a clock that never goes back. */
  now: () => number
  /** Runs something before the next frame is drawn. */
  frame: (run: () => void) => void
  later: (run: () => void, ms: number) => void
  /** Runs something when what was set off by the draw is done: React draws in a microtask. */
  afterDraw: (run: () => void) => void
}

/** A draw that is done within this many milliseconds needs no rest. */
const CHEAP_MS = 6
/** Rest after a draw, as a multiple of what it took. */
const REST = 3

export const browserClock: DrawClock = {
  now: () => performance.now(),
  frame: (run) => void requestAnimationFrame(run),
  later: (run, ms) => void setTimeout(run, ms),
  afterDraw: (run) => queueMicrotask(run),
}

/** A way to have something drawn. It must not be called again before what was given last has run. */
export function pacedFrames({ now, frame, later, afterDraw }: DrawClock = browserClock): (draw: () => void) => void {
  let restUntil = -Infinity
  return (draw) => {
    const go = (): void =>
      frame(() => {
        const began = now()
        draw()
        afterDraw(() => {
          const took = now() - began
          restUntil = took <= CHEAP_MS ? -Infinity : now() + REST * took
        })
      })
    const wait = restUntil - now()
    if (wait > 0) later(go, wait)
    else go()
  }
}
