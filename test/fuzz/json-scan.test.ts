import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import { scanMembers } from '../../electron/proxy/json-scan.ts'
import { chatRequests } from '../proxy/request-cases-chat.ts'
import { messagesRequests } from '../proxy/request-cases-messages.ts'
import { responsesRequests } from '../proxy/request-cases-responses.ts'
import { mutatedBytes } from './mutate.ts'
import { fuzzSettings } from './settings.ts'

const samples = [...chatRequests, ...messagesRequests, ...responsesRequests].map(([, body]) =>
  JSON.stringify({ model: 'gpt-5.1', ...body }),
)

/** As the standard's parser sees it; undefined when it refuses. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return undefined
  }
}

test('a body is scanned as the parser reads it, or refused with 400, whatever was done to its bytes', () => {
  fc.assert(
    fc.property(mutatedBytes(samples), (bytes) => {
      const value = parsed(bytes)
      let members
      try {
        members = scanMembers(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(LazuliError)
        expect((error as LazuliError).status).toBe(400)
        // A mark at the start is no JSON, but Node's decoder would swallow it; anything else that parses must scan.
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) throw error
        return
      }
      if (typeof value !== 'object' || value === null) return
      // The last member of a name counts, as in the parser.
      const read = Object.fromEntries(
        members.map((member) => [member.key, JSON.parse(bytes.toString('utf8', member.valueStart, member.valueEnd))]),
      )
      expect(Object.keys(read).toSorted()).toEqual(Object.keys(value).toSorted())
      for (const [key, held] of Object.entries(value)) expect(read[key]).toEqual(held)
    }),
    fuzzSettings(),
  )
})
