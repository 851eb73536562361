import { preparePage, makeBridgeEnd } from './context-bridge.ts'
import type { PipeNames } from './ipc-messages.ts'
import { runPreload } from './preload-world.ts'
import { makeCloneCodec } from './structured-clone.ts'

/** Name of the preload's world, as Electron has it. */
export const PRELOAD_WORLD = 'Electron Isolated Context'

/** Source text for the page's own world. */
export function pageWorldSource(names: PipeNames): string {
  return `(${sourceOf(preparePage)})((${sourceOf(makeBridgeEnd)})(${json(names.toPreload)}, ${json(names.toPage)}))`
}

/** Source text for the preload's world, around the text of the built preload. */
export function preloadWorldSource(names: PipeNames, preload: string): string {
  const facts = {
    type: 'renderer',
    platform: process.platform,
    arch: process.arch,
    contextIsolated: true,
    sandboxed: true,
    versions: { ...process.versions },
  }
  const bridge = `(${sourceOf(makeBridgeEnd)})(${json(names.toPage)}, ${json(names.toPreload)})`
  const script = `function (require, module, exports, process, global) {\n${preload}\n}`
  return `(${sourceOf(runPreload)})(${json(names)}, ${json(facts)}, (${sourceOf(makeCloneCodec)})(), ${bridge}, ${script})`
}

/** Node has blanked out the types when it loaded the function. */
function sourceOf(self: (...args: never[]) => unknown): string {
  return self.toString()
}

function json(value: unknown): string {
  return JSON.stringify(value)
}
