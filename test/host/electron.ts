/** The module `electron` as the main process sees it: named exports, and the same as one object for older packages. */
import * as modules from './modules.ts'
import { partOf } from './unimplemented.ts'

export * from './modules.ts'
export default partOf('electron', modules)
