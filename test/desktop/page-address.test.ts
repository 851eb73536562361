import { describe, expect, test } from 'vitest'
import { belongsTo, BUNDLED_PAGE, pageAddress } from '../../electron/desktop/page-address.ts'

describe('what belongs to the page', () => {
  test.each(['app://bundle/', 'app://bundle/index.html#/models', 'app://bundle'])('%s does', (url) => {
    expect(belongsTo(BUNDLED_PAGE, url)).toBe(true)
  })

  test.each([
    'https://bundle/',
    'app://bundle.example/',
    'app://other/',
    'app://bundle@example.com/',
    'app://user@bundle/',
    'https://example.com/app://bundle/',
    'about:blank',
    'data:text/html,x',
    'javascript:alert(1)',
    'file:///index.html',
    '',
  ])('%s does not', (url) => {
    expect(belongsTo(BUNDLED_PAGE, url)).toBe(false)
  })
})

describe('the address of the page', () => {
  test('is the bundle', () => {
    expect(pageAddress(undefined)).toBe(BUNDLED_PAGE)
    expect(pageAddress('')).toBe(BUNDLED_PAGE)
  })

  test('is the development server while there is one', () => {
    const page = pageAddress('http://localhost:5173/')
    expect(page.origin).toBe('http://localhost:5173')
    expect(belongsTo(page, 'http://localhost:5173/main.tsx')).toBe(true)
    expect(belongsTo(page, 'http://localhost:5174/')).toBe(false)
  })
})
