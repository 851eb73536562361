import { parseArgs } from 'node:util'
import { FLAGS } from '../config/flags.ts'
import type { FlagTexts } from '../config/flags.ts'

/** Started by the system at login: nobody asked for a window. */
export function isHiddenStart(argv: readonly string[]): boolean {
  return argv.includes('--hidden')
}

/** Our flags among Electron's and Chromium's own, which are many: what is not known is let be. */
export function readCommandLine(argv: readonly string[]): FlagTexts {
  const { values } = parseArgs({ args: argv.slice(1), options: FLAGS, strict: false, allowPositionals: true })
  return Object.fromEntries(
    Object.keys(FLAGS).flatMap((name) => {
      const value = values[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}
