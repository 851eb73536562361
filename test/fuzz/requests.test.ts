import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dialectOf } from '../../electron/core/dialects/registry.ts'
import { LazuliError } from '../../electron/core/error.ts'
import { profileOf } from '../../electron/core/models/profiles.ts'
import { DialectId } from '../../shared/exchange.ts'
import { chatRequests } from '../proxy/request-cases-chat.ts'
import { messagesRequests } from '../proxy/request-cases-messages.ts'
import { responsesRequests } from '../proxy/request-cases-responses.ts'
import { mutatedJson } from './mutate.ts'
import { fuzzSettings } from './settings.ts'

const samples = { chat: chatRequests, messages: messagesRequests, responses: responsesRequests }
const models: Readonly<Record<DialectId, readonly string[]>> = {
  chat: ['gpt-4o', 'o4-mini'],
  responses: ['gpt-5.1', 'o3'],
  messages: ['claude-sonnet-4-5', 'claude-opus-5'],
}

/** The result, or undefined for a refusal that names its cause; any other error is a bug. */
function orRefused<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    expect(error.status).toBeGreaterThanOrEqual(400)
    expect(error.status).toBeLessThan(500)
    expect(error.message.length).toBeGreaterThan(10)
    return undefined
  }
}

test.each(DialectId.options)('whatever is made of a %s request is translated to every API, or refused', (from) => {
  const bodies = samples[from].map(([, body]) => Object.assign({ model: 'm' }, body))
  fc.assert(
    fc.property(mutatedJson(bodies), fc.nat(1), (body, which) => {
      const decoded = orRefused(() => dialectOf(from).decodeRequest(body))
      if (decoded === undefined) return
      for (const to of DialectId.options) {
        const model = models[to][which] ?? ''
        const encoded = orRefused(() =>
          dialectOf(to).encodeRequest(decoded.request, { deployment: model, profile: profileOf(model), stream: true }),
        )
        if (encoded === undefined) continue
        expect(JSON.parse(JSON.stringify(encoded.body))).toMatchObject({ model })
      }
      expect(Object.prototype).not.toHaveProperty('x')
    }),
    fuzzSettings(),
  )
})
