import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { checkAdmin } from '../../electron/proxy/admin.ts'
import { configurationOf } from './harness.ts'

/** A request as far as the check looks at it; another machine cannot be had in a test. */
const requestFrom = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage

describe('in open mode without an admin token', () => {
  const open = configurationOf({ instances: [] })

  test.each(['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])('a program on this machine (%s) may', (address) => {
    expect(() => checkAdmin(requestFrom(address), open)).not.toThrow()
  })

  test.each(['10.0.0.9', '::ffff:10.0.0.9', 'fe80::1', ''])('one elsewhere (%s) may not', (address) => {
    expect(() => checkAdmin(requestFrom(address), open)).toThrow(expect.objectContaining({ status: 403 }))
  })
})

test('the admin token opens from anywhere', () => {
  const locked = configurationOf({ instances: [], config: { server: { admin_token: 'admin-token-1' } } })
  expect(() => checkAdmin(requestFrom('10.0.0.9', { 'x-admin-api-key': 'admin-token-1' }), locked)).not.toThrow()
  expect(() => checkAdmin(requestFrom('127.0.0.1', { 'x-admin-api-key': 'admin-token-2' }), locked)).toThrow(
    expect.objectContaining({ status: 401 }),
  )
})
