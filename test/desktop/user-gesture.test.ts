import { expect, test } from 'vitest'
import { UserGesture } from '../../electron/desktop/user-gesture.ts'

function gesture(): { gesture: UserGesture; wait: (ms: number) => void } {
  let now = 1_000_000
  return {
    gesture: new UserGesture(() => now),
    wait: (ms) => {
      now += ms
    },
  }
}

test('nothing is allowed before the user did something', () => {
  expect(gesture().gesture.take()).toBe(false)
})

test('a click allows one thing, not two', () => {
  const { gesture: click } = gesture()
  click.saw('mouseDown')
  click.saw('mouseUp')
  expect([click.take(), click.take()]).toEqual([true, false])
})

test('a key counts, moving and scrolling do not', () => {
  const { gesture: input } = gesture()
  for (const type of ['mouseMove', 'mouseEnter', 'mouseWheel', 'pointerMove', 'gestureScrollBegin']) input.saw(type)
  expect(input.take()).toBe(false)
  input.saw('rawKeyDown')
  expect(input.take()).toBe(true)
})

test('a click is forgotten after five seconds', () => {
  const { gesture: click, wait } = gesture()
  click.saw('mouseUp')
  wait(5000)
  expect(click.take()).toBe(false)
})
