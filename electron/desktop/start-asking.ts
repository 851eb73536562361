import { startDesktopEngine } from './desktop-engine.ts'
import type { DesktopEngine, DesktopEngineOptions } from './desktop-engine.ts'
import { openSettingsStore } from './settings-store.ts'
import { askAboutConflict, takenPort } from './start-conflict.ts'

/**
 * Starts the engine. Where another program stands in the way the user decides; undefined: they chose to end.
 *
 * @throws LazuliError for all that there is nothing to choose about
 */
export async function startAsking(options: DesktopEngineOptions): Promise<DesktopEngine | undefined> {
  /** Wins over all that names another port. */
  let forThisRun: number | undefined
  /** The port that was taken, and the one that was chosen for it. */
  let chosen: { taken: number; port: number } | undefined
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      return await startDesktopEngine(forThisRun === undefined ? options : withPort(options, forThisRun))
    } catch (error) {
      if (chosen !== undefined && takenPort(error) === chosen.taken) {
        // Something that wins over the settings names the old port: the answer holds for this run.
        forThisRun = chosen.port
        chosen = undefined
        continue
      }
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      const answer = await askAboutConflict(error, options.dataFolder)
      switch (answer?.type) {
        case undefined:
          throw error
        case 'quit':
          return undefined
        case 'again':
          break
        case 'port':
          chosen = { taken: takenPort(error) ?? answer.port, port: answer.port }
          keepPort(options.dataFolder, answer.port)
      }
    }
  }
}

function withPort(options: DesktopEngineOptions, port: number): DesktopEngineOptions {
  return { ...options, flags: { ...options.flags, port: String(port) } }
}

/** The port is fixed from now on: it does not go back by itself when the other program has ended. */
function keepPort(dataFolder: string, port: number): void {
  const settings = openSettingsStore(dataFolder)
  const stored = settings.read()
  settings.write({ ...stored, server: { ...(stored['server'] as object | undefined), port } })
}
