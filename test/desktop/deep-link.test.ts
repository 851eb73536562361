import { expect, test } from 'vitest'
import { linkIn, parseDeepLink } from '../../electron/desktop/deep-link.ts'

test.each([
  ['lazuli://traffic', { open: 'page', page: 'traffic' }],
  ['LAZULI://Settings/', { open: 'page', page: 'settings' }],
  ['lazuli://traffic/ex_00001', { open: 'page', page: 'traffic', item: 'ex_00001' }],
  ['lazuli://add-instance', { open: 'add-instance' }],
  [
    'lazuli://add-instance?address=https%3A%2F%2Fcontoso.openai.azure.com%2F',
    { open: 'add-instance', address: 'https://contoso.openai.azure.com/' },
  ],
])('%s is understood', (text, link) => {
  expect(parseDeepLink(text)).toEqual(link)
})

test.each([
  'lazuli://',
  'lazuli://clear',
  'lazuli://traffic/../settings/x y',
  'lazuli://traffic/a/b',
  'lazuli://traffic/%3Cscript%3E',
  'lazuli://add-instance?address=javascript:alert(1)',
  'lazuli://add-instance?address=https://user:secret@host/',
  'lazuli://add-instance?address=not%20one',
  'https://traffic',
  '--config',
  `lazuli://traffic/${'x'.repeat(3000)}`,
])('%s asks for nothing', (text) => {
  expect(parseDeepLink(text)).toBeUndefined()
})

test('a link is found among the arguments of a start', () => {
  expect(linkIn(['/opt/Lazuli', '--hidden', 'lazuli://tools'])).toEqual({ open: 'page', page: 'tools' })
  expect(linkIn(['/opt/Lazuli', '--hidden'])).toBeUndefined()
})
