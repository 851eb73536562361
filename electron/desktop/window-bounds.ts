import type { AppState } from '../config/settings.ts'

export type WindowBounds = NonNullable<AppState['window']>

export interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** Below this the pages do not fit. */
export const MIN_SIZE = { width: 900, height: 600 } as const
const FIRST_SIZE = { width: 1280, height: 800 } as const
/** So much of the title bar must be on a screen, so that the user can take hold of the window. */
const GRIP = { width: 100, height: 30 } as const

/**
 * Where to open the window: where it was, unless that screen is gone or too small now. Without `x` and `y` the system
 * centres it.
 *
 * @param areas Work areas of the screens that are there now, the primary one first.
 */
export function placeWindow(
  remembered: WindowBounds | undefined,
  areas: readonly Area[],
): Partial<Area> & { width: number; height: number } {
  const area = (remembered && areas.find((screen) => canBeHeld(remembered, screen))) ?? areas[0]
  const wanted = remembered ?? FIRST_SIZE
  const size = {
    width: Math.max(MIN_SIZE.width, Math.min(wanted.width, area?.width ?? wanted.width)),
    height: Math.max(MIN_SIZE.height, Math.min(wanted.height, area?.height ?? wanted.height)),
  }
  if (remembered === undefined || area === undefined || !canBeHeld(remembered, area)) return size
  return { x: remembered.x, y: remembered.y, ...size }
}

/** Is enough of the title bar, which is the top edge, inside the screen? */
function canBeHeld(bounds: Area, screen: Area): boolean {
  const left = Math.max(bounds.x, screen.x)
  const right = Math.min(bounds.x + bounds.width, screen.x + screen.width)
  const inside = bounds.y >= screen.y && bounds.y + GRIP.height <= screen.y + screen.height
  return inside && right - left >= GRIP.width
}
