/** Figures as the window writes them: a unit after every number, nothing longer than its column. */

const INTEGER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/** `38,204` */
export function count(value: number): string {
  return INTEGER.format(value)
}

/** Milliseconds as `3 ms`, `0.94 s`, `12.4 s`, `2 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 100) return `${ms < 10 && ms > 0 ? trimZeros(ms.toFixed(1)) : Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** Milliseconds as seconds with three places, for the offset of an event: `7.118`. */
export function offset(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** Bytes as `812 B`, `31.2 kB`, `4.0 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1_000_000) return `${(value / 1000).toFixed(1)} kB`
  return `${(value / 1_000_000).toFixed(1)} MB`
}

/** USD as `$0.0226`, `$12.40`. What is less than a hundredth of a cent is `<$0.0001`: it is not nothing. */
export function money(usd: number): string {
  if (usd === 0) return '$0'
  if (usd < 0.0001) return '<$0.0001'
  return usd < 10 ? `$${usd.toFixed(4)}` : DOLLARS.format(usd)
}

/** USD of a sum, in full cents: `$4.82`, `$0.00`. Less than a cent is `<$0.01`: it is not nothing. */
export function dollars(usd: number): string {
  return usd > 0 && usd < 0.01 ? '<$0.01' : DOLLARS.format(usd)
}

/** Local time with milliseconds, `11:42:07.318`. */
export function clock(epochMs: number): string {
  const at = new Date(epochMs)
  const part = (value: number, width = 2): string => String(value).padStart(width, '0')
  return `${part(at.getHours())}:${part(at.getMinutes())}:${part(at.getSeconds())}.${part(at.getMilliseconds(), 3)}`
}

/** `11:42` */
export function shortClock(epochMs: number): string {
  return clock(epochMs).slice(0, 5)
}

/** A count with its noun: `1 event`, `142 events`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

function trimZeros(text: string): string {
  return text.replace(/\.0$/, '')
}
