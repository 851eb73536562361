import { expect, test } from 'vitest'
import type { Part } from '../../../../electron/core/hub.ts'
import { encode, text, userTurn } from './support.ts'

test('instructions without a message become the message, as models elsewhere answer them', () => {
  const { body, losses } = encode({ turns: [{ role: 'system', parts: [text('Say hello.')] }] })
  expect(body).not.toHaveProperty('system')
  expect(body['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }])
  expect(losses).toMatchObject([{ path: 'messages', kind: 'degraded' }])
})

test('the wanted detail of a picture is told as lost', () => {
  const picture = (detail: string): Part => ({
    type: 'image',
    media: { source: { type: 'url', url: 'https://a.test/x.png' }, detail },
  })
  const losses = (detail: string): unknown =>
    encode({ turns: [userTurn('See'), { role: 'user', parts: [picture(detail)] }] }).losses
  expect(losses('low')).toMatchObject([{ path: 'messages', kind: 'dropped' }])
  expect(losses('auto')).toEqual([])
})
