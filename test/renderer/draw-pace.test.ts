import { expect, test } from 'vitest'
import { pacedFrames, type DrawClock } from '../../renderer/draw-pace.ts'

/** A clock that goes on by what draws take and by what is waited for. */
function madeClock(): DrawClock & { time: number; waited: number[] } {
  const clock = {
    time: 0,
    waited: [] as number[],
    now: () => clock.time,
    frame: (run: () => void) => run(),
    later(run: () => void, ms: number) {
      clock.waited.push(ms)
      clock.time += ms
      run()
    },
    afterDraw: (run: () => void) => run(),
  }
  return clock
}

test('what is cheap is drawn in every frame', () => {
  const clock = madeClock()
  const draw = pacedFrames(clock)
  let drawn = 0
  for (let count = 0; count < 5; count += 1) {
    draw(() => {
      drawn += 1
      clock.time += 4
    })
  }
  expect(drawn).toBe(5)
  expect(clock.waited).toEqual([])
})

test('what takes long leaves three times as long for everything else, and is drawn all the same', () => {
  const clock = madeClock()
  const draw = pacedFrames(clock)
  let drawn = 0
  const slow = (): void => {
    drawn += 1
    clock.time += 40
  }
  draw(slow)
  draw(slow)
  clock.time += 50
  draw(slow)
  expect(drawn).toBe(3)
  expect(clock.waited).toEqual([120, 70])
})

test('a draw that is cheap again ends the rests', () => {
  const clock = madeClock()
  const draw = pacedFrames(clock)
  draw(() => void (clock.time += 40))
  draw(() => {})
  draw(() => {})
  expect(clock.waited).toEqual([120])
})
