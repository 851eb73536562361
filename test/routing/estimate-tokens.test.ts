import { expect, test } from 'vitest'
import { estimateTokens } from '../../electron/routing/estimate-tokens.ts'

test('a picture counts as one, whatever its size, and what is no picture counts in full', () => {
  const text = estimateTokens(Buffer.from(JSON.stringify({ input: 'x'.repeat(4000) })), 500)
  expect(text).toEqual({ input: 1003, output: 500 })
  const picture = 'A'.repeat(4_000_000)
  const chat = estimateTokens(Buffer.from(JSON.stringify({ url: `data:image/png;base64,${picture}` })), undefined)
  const messages = estimateTokens(
    Buffer.from(JSON.stringify({ type: 'base64', media_type: 'image/png', data: picture })),
    -1,
  )
  for (const { input, output } of [chat, messages]) {
    expect(input).toBeLessThan(1100)
    expect(output).toBe(0)
  }
  expect(estimateTokens(Buffer.from(JSON.stringify({ input: 'base64 '.repeat(4000) })), 0).input).toBe(7003)
})
