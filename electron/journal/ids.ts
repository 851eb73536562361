/** Milliseconds as base 32 until the year 37648; characters sort as their values do. */
const timeDigits = 10
const counterDigits = 3
const countersPerMs = 32 ** counterDigits
const randomDigits = 5

const base32 = (value: number, digits: number): string => value.toString(32).padStart(digits, '0')

/**
 * Makes exchange ids: `ex_`, the time, a counter within the millisecond, then chance, so that ids sort in the order in
 * which they were given out (also when the wall clock is set back during a run) and two runs never give out the same.
 *
 * @param wall milliseconds since the epoch
 * @param random a number in [0, 1)
 */
export function exchangeIds(wall: () => number, random: () => number): () => string {
  let time = 0
  let counter = 0
  return () => {
    const now = Math.floor(wall())
    if (now > time) {
      time = now
      counter = 0
    } else if (++counter === countersPerMs) {
      time++
      counter = 0
    }
    const chance = Math.floor(random() * 32 ** randomDigits)
    return `ex_${base32(time, timeDigits)}${base32(counter, counterDigits)}${base32(chance, randomDigits)}`
  }
}

/** Could this be an id that was given out, here or elsewhere? */
export function isExchangeId(id: string): boolean {
  return /^ex_[0-9a-v]{18}$/.test(id)
}
