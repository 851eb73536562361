/**
 * The app's own settings file (`config.json` in the data folder). On the desktop electron-store writes it, headless
 * conf does: the same format, the same file. Its keys are those of `Config`, plus `app` for what the program itself
 * remembers. Secrets are never in it.
 */
import * as z from 'zod'
import { FaultRule } from '../../shared/faults.ts'
import { DeploymentFacts } from '../../shared/model-facts.ts'

export interface SettingsStore {
  readonly path: string
  /** The whole file as last read. Throws LazuliError `settings_unreadable` when it is not valid JSON. */
  read(): Record<string, unknown>
  /** Replaces the whole file, atomically, mode 0600. Throws LazuliError `settings_unwritable`. */
  write(value: Record<string, unknown>): void
}

/** What the program remembers for itself under the key `app`. */
export const AppState = z.object({
  /** The user chose "try it with the simulator" at first run. */
  simulatorChosen: z.boolean().optional(),
  /** "Lazuli keeps serving" has been said. */
  closeExplained: z.boolean().optional(),
  /** Filters of the Traffic page that were saved, in their order. */
  filters: z
    .array(z.object({ name: z.string(), filter: z.string() }))
    .optional()
    .catch(undefined),
  /** Rules of faults that are to outlive a restart. */
  faults: z.array(FaultRule).optional().catch(undefined),
  /** What was found out about deployments; facts that are not understood are asked for again. */
  modelFacts: z.array(DeploymentFacts).optional().catch(undefined),
  window: z
    .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), maximized: z.boolean() })
    .optional(),
})
export type AppState = z.infer<typeof AppState>

/** The remembered state; a part that does not fit is forgotten, never an error. */
export function readAppState(store: SettingsStore): AppState {
  const parsed = AppState.safeParse(store.read()['app'] ?? {})
  return parsed.success ? parsed.data : {}
}

export function writeAppState(store: SettingsStore, change: Partial<AppState>): void {
  store.write({ ...store.read(), app: { ...readAppState(store), ...change } })
}
