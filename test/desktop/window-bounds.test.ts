import { expect, test } from 'vitest'
import { placeWindow } from '../../electron/desktop/window-bounds.ts'

const LAPTOP = { x: 0, y: 0, width: 1440, height: 860 }
const BESIDE = { x: 1440, y: 0, width: 1920, height: 1080 }

test('the first window has its usual size, and the system places it', () => {
  expect(placeWindow(undefined, [LAPTOP])).toEqual({ width: 1280, height: 800 })
})

test('a window opens where it was, also on the second screen', () => {
  const there = { x: 1500, y: 40, width: 1200, height: 900, maximized: false }
  expect(placeWindow(there, [LAPTOP, BESIDE])).toEqual({ x: 1500, y: 40, width: 1200, height: 900 })
})

test('when that screen is gone, the window comes to the one that is left, no larger than it', () => {
  const there = { x: 1500, y: 40, width: 1600, height: 1000, maximized: false }
  expect(placeWindow(there, [LAPTOP])).toEqual({ width: 1440, height: 860 })
})

test('a window whose title bar is above or beside the screen is brought back', () => {
  const size = { width: 1000, height: 700, maximized: false }
  for (const at of [
    { x: 100, y: -40 },
    { x: 1400, y: 100 },
    { x: -950, y: 100 },
    { x: 100, y: 850 },
  ])
    expect(placeWindow({ ...at, ...size }, [LAPTOP])).toEqual({ width: 1000, height: 700 })
})

test('a window half beside the screen stays: it can be taken hold of', () => {
  const there = { x: -500, y: 100, width: 1000, height: 700, maximized: false }
  expect(placeWindow(there, [LAPTOP])).toEqual({ x: -500, y: 100, width: 1000, height: 700 })
})

test('no window is smaller than its pages', () => {
  const tiny = { x: 0, y: 0, width: 10, height: 10, maximized: false }
  expect(placeWindow(tiny, [LAPTOP])).toMatchObject({ width: 900, height: 600 })
})
