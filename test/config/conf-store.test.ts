import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConfStore } from '../../electron/config/conf-store.ts'
import { LazuliError } from '../../electron/core/error.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the settings file', () => {
  it.each([
    ['a word', '{"instances": canary-1}'],
    ['a missing comma', '{\n  "theme": "dark"\n  "canary-1": 1\n}'],
    ['half a file', '{"token": "canary-1'],
  ])('with %s is refused by its name, without a piece of it', (_what, text) => {
    writeFileSync(join(folder, 'config.json'), text)
    let refused: unknown
    try {
      openConfStore(folder).read()
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(LazuliError)
    const { code, status, message } = refused as LazuliError
    expect([code, status]).toEqual(['settings_unreadable', 400])
    expect(message).toContain(join(folder, 'config.json'))
    expect(message).toContain('not valid JSON')
    expect(message).not.toContain('canary')
  })

  it('keeps what was written', () => {
    openConfStore(folder).write({ theme: 'dark' })
    expect(openConfStore(folder).read()).toEqual({ theme: 'dark' })
  })
})
