import { homedir, hostname } from 'node:os'
import type { Machine } from './machine.ts'

/** The machine that Lazuli runs on. Its Docker image sets `LAZULI_IN_CONTAINER`; other containers may hold tools, too. */
export function thisMachine(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Machine {
  const container = env['LAZULI_IN_CONTAINER']
  return { platform, home: homedir(), env, name: hostname(), container: container !== undefined && container !== '' }
}
