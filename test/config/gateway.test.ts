/** A gateway in Azure's style in the configuration: what it may say that an Azure resource may not. */
import { describe, expect, test } from 'vitest'
import { Config } from '../../shared/config.ts'
import { limitsFor } from '../../electron/proxy/call-limits.ts'

const gateway = {
  name: 'gateway',
  provider_type: 'azure-gateway',
  api_base: 'https://gateway.example.com/team',
} as const

describe('a gateway in Azure’s style', () => {
  test.each(['fake', 'v2', 'anything at all', '2099-99-99'])('takes the api-version %s as it is', (version) => {
    const { instances } = Config.parse({ instances: [{ ...gateway, api_version: version }] })
    expect(instances[0]?.api_version).toBe(version)
  })

  test('an Azure resource still takes Azure’s versions only, told with all that is wrong', () => {
    const azure = { name: 'east', api_base: 'no address', api_version: 'fake' }
    const { error } = Config.safeParse({ instances: [gateway, azure] })
    expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['instances.1.api_base', 'must be an http(s) address'],
      ['instances.1.api_version', 'must be v1, preview or a date such as 2024-10-21'],
    ])
  })

  test('has 60 seconds for an answer and 300 for a stream, unless somebody says otherwise', () => {
    const limits = (config: object, own: object, stream: boolean): number =>
      limitsFor(
        { config: Config.parse(config), sources: new Map() },
        { provider_type: 'azure-gateway', ...own },
        stream,
      ).first_byte
    expect([limits({}, {}, false), limits({}, {}, true)]).toEqual([60, 300])
    expect([limits({}, { timeout: 7 }, false), limits({}, { timeout: 7, stream_timeout: 9 }, true)]).toEqual([7, 9])
    expect(limits({ routing: { timeout: 20 } }, {}, true)).toBe(20)
  })
})
