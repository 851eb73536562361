import type { Page } from '@playwright/test'
import type { Script } from '../../renderer/scripted-console.ts'

export interface Picture {
  script?: Script
  /** Brings the page to the state that is pictured. */
  act: (page: Page) => Promise<void>
}
