import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerPageRequest, pageFile } from '../../electron/desktop/page-files.ts'

let above: string
let root: string

beforeAll(() => {
  above = mkdtempSync(join(tmpdir(), 'lazuli-page-'))
  root = join(above, 'renderer')
  mkdirSync(join(root, 'assets'), { recursive: true })
  writeFileSync(join(root, 'index.html'), '<!doctype html>')
  writeFileSync(join(root, 'assets', 'page.js'), 'export {}')
  writeFileSync(join(above, 'secret.txt'), 'secret')
  mkdirSync(join(above, 'renderer-other'))
  writeFileSync(join(above, 'renderer-other', 'secret.txt'), 'secret')
})
afterAll(() => rmSync(above, { recursive: true, force: true }))

describe('the page', () => {
  test('is index.html at the top', async () => {
    const answer = await answerPageRequest(root, new Request('app://bundle/'))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await answer.text()).toBe('<!doctype html>')
  })

  test('has its scripts with a type that browsers run, and with a policy against all others', async () => {
    const answer = await answerPageRequest(root, new Request('app://bundle/assets/page.js'))
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe-inline')
  })

  test.each([
    'app://bundle/missing.js',
    'app://bundle/assets',
    'app://other/index.html',
    'app://bundle/%00',
    'app://bundle/%',
  ])('has nothing at %s', async (url) => {
    expect((await answerPageRequest(root, new Request(url))).status).toBe(404)
  })

  test('is only read', async () => {
    expect((await answerPageRequest(root, new Request('app://bundle/', { method: 'POST' }))).status).toBe(405)
  })
})

describe('nothing outside of the folder can be had', () => {
  test.each([
    'app://bundle/../secret.txt',
    'app://bundle/..%2fsecret.txt',
    'app://bundle/%2e%2e/secret.txt',
    'app://bundle/assets/..%2f..%2fsecret.txt',
    'app://bundle/..%2frenderer-other%2fsecret.txt',
    'app://bundle//etc/passwd',
    'app://bundle/%2fetc%2fpasswd',
    'file:///etc/passwd',
  ])('%s', async (url) => {
    const answer = await answerPageRequest(root, new Request(url))
    expect(answer.status).toBe(404)
    expect(await answer.text()).toBe('')
  })

  test('whatever path is asked for', () => {
    const part = fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', 'a', '/', '%252e', 'C:', '')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const file = pageFile(root, `app://bundle/${parts.join('/')}`)
        expect(file === undefined || file.startsWith(root + sep)).toBe(true)
      }),
    )
  })
})
