import { clock } from '../../ui/format.ts'

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }
/** The same in every line. */
const LEFT_OUT = new Set(['level', 'time', 'pid', 'hostname', 'msg'])

/** A line of the log for people: time, level, sentence, and what belongs to it. One that is not understood stays as it is. */
export function shownLogLine(line: string): string {
  let fields: unknown
  try {
    fields = JSON.parse(line)
  } catch {
    return line
  }
  if (typeof fields !== 'object' || fields === null) return line
  const { level, time, msg } = fields as { level?: unknown; time?: unknown; msg?: unknown }
  if (typeof level !== 'number' || typeof time !== 'number') return line
  const others = Object.entries(fields).filter(([key]) => !LEFT_OUT.has(key))
  const words = [clock(time), (LEVELS[level] ?? String(level)).padEnd(5), typeof msg === 'string' ? msg : '']
  return [...words, ...others.map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join(' ').trimEnd()
}
