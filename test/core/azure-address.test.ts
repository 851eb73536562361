import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { understandAddress } from '../../electron/core/azure-address.ts'
import { LazuliError } from '../../electron/core/error.ts'
import { Instance } from '../../shared/config.ts'

const CONTOSO = 'https://contoso.openai.azure.com'

describe('addresses of Azure resources', () => {
  it.each([
    'contoso',
    'Contoso',
    'contoso.openai.azure.com',
    'contoso.openai.azure.com/',
    'https://contoso.openai.azure.com',
    'HTTPS://CONTOSO.OPENAI.AZURE.COM/',
    'https://contoso.openai.azure.com//',
    'https://contoso.openai.azure.com/openai',
    'https://contoso.openai.azure.com/openai/',
    'https://contoso.openai.azure.com/openai/v1',
    'https://contoso.openai.azure.com/openai/v1/',
    'https://contoso.openai.azure.com/openai/v1/chat/completions',
    'https://contoso.openai.azure.com:443/openai/v1/#keys',
    'http://contoso.openai.azure.com',
    '  "https://contoso.openai.azure.com/"  ',
    '<https://contoso.openai.azure.com>',
    'AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com/',
    'export AZURE_OPENAI_ENDPOINT="https://contoso.openai.azure.com/"',
    'https://contoso.privatelink.openai.azure.com/',
  ])('reads %s as the resource', (text) => {
    expect(understandAddress(text)).toMatchObject({
      origin: CONTOSO,
      prefix: '',
      flavour: 'openai-azure',
      provider: 'azure',
      nameHint: 'contoso',
      apiBase: CONTOSO,
    })
  })

  it('takes deployment and api-version from a target URI and shows them', () => {
    const address = understandAddress(
      `${CONTOSO}/openai/deployments/gpt-4o-prod/chat/completions?api-version=2025-01-01-preview`,
    )
    expect(address).toMatchObject({
      prefix: '',
      deployment: 'gpt-4o-prod',
      apiVersion: '2025-01-01-preview',
      api: 'chat',
    })
    expect(address.sentence).toBe(`${CONTOSO} · 2025-01-01-preview · deployment gpt-4o-prod · Claude under /anthropic`)
  })

  it('reads the cognitiveservices host of the portal', () => {
    expect(
      understandAddress(
        'https://contoso-eastus2.cognitiveservices.azure.com/openai/responses?api-version=2025-04-01-preview',
      ),
    ).toMatchObject({
      origin: 'https://contoso-eastus2.cognitiveservices.azure.com',
      flavour: 'cognitive',
      provider: 'azure',
      prefix: '',
      apiVersion: '2025-04-01-preview',
      api: 'responses',
    })
  })

  it.each([
    ['https://contoso.services.ai.azure.com', undefined],
    ['https://contoso.services.ai.azure.com/anthropic', 'messages'],
    ['https://contoso.services.ai.azure.com/anthropic/v1/messages', 'messages'],
    ['https://contoso.services.ai.azure.com/models', undefined],
    ['https://contoso.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview', 'chat'],
    ['https://contoso.services.ai.azure.com/api/projects/p', undefined],
    ['https://contoso.services.ai.azure.com/api/projects/p/openai/v1', undefined],
  ])('reads %s as the Foundry resource itself', (text, api) => {
    const address = understandAddress(text)
    expect(address).toMatchObject({
      origin: 'https://contoso.services.ai.azure.com',
      prefix: '',
      flavour: 'foundry',
      nameHint: 'contoso',
    })
    expect(address.api).toBe(api)
    expect(address.apiVersion).toBeUndefined()
  })

  it('says that a project is left out', () => {
    expect(understandAddress('https://contoso.services.ai.azure.com/api/projects/my%20app').sentence).toContain(
      'project my app left out',
    )
  })

  it.each(['us', 'cn'])('does not promise Claude in openai.azure.%s', (cloud) => {
    const address = understandAddress(`https://agency.openai.azure.${cloud}/`)
    expect(address).toMatchObject({ flavour: 'openai-azure', provider: 'azure' })
    expect(address.sentence).toBe(`https://agency.openai.azure.${cloud} · v1`)
  })

  it('keeps preview and ignores versions that are not Azure OpenAI’s', () => {
    expect(understandAddress(`${CONTOSO}/openai/v1/responses?api-version=preview`).apiVersion).toBe('preview')
    expect(
      understandAddress(`${CONTOSO}/openai/v1/responses?api-version=2025-03-01-preview`).apiVersion,
    ).toBeUndefined()
    expect(understandAddress(`${CONTOSO}/openai/deployments/d?api-version=fake`).apiVersion).toBeUndefined()
  })

  it('does not take the placeholder of the documentation for a deployment', () => {
    expect(
      understandAddress(`${CONTOSO}/openai/deployments/{deployment-id}/chat/completions`).deployment,
    ).toBeUndefined()
  })

  it('reads an old serverless endpoint', () => {
    expect(understandAddress('https://Llama-3.eastus2.models.ai.azure.com/v1/chat/completions')).toMatchObject({
      origin: 'https://llama-3.eastus2.models.ai.azure.com',
      flavour: 'serverless',
      provider: 'generic',
      base: '/v1',
    })
  })
})

describe('gateways, vendors and local servers', () => {
  it.each([
    ['https://gw.azure-api.net/team-a', '/team-a', undefined],
    ['https://gw.azure-api.net/team-a/openai', '/team-a', undefined],
    ['https://gw.azure-api.net/team-a/openai/v1/', '/team-a', undefined],
    ['https://gw.azure-api.net/openai/openai/deployments/openai/chat/completions', '/openai', 'openai'],
    ['https://llm.corp.example/a/b/openai/deployments/gpt-5/responses?api-version=fake', '/a/b', 'gpt-5'],
    ['https://llm.corp.example/x/anthropic/v1/messages', '/x', undefined],
    ['https://gw.azure-api.net/', '', undefined],
  ])('finds the path of a gateway in %s', (text, prefix, deployment) => {
    const address = understandAddress(text)
    expect(address).toMatchObject({ flavour: 'other', provider: 'azure', prefix })
    expect(address.deployment).toBe(deployment)
    expect(address.sentence).toContain('gateway')
  })

  it.each([
    ['https://api.openai.com', 'openai', '/v1'],
    ['https://api.openai.com/v1', 'openai', '/v1'],
    ['api.openai.com/v1/chat/completions', 'openai', '/v1'],
    ['https://eu.api.openai.com/v1/', 'openai', '/v1'],
    ['https://api.anthropic.com', 'anthropic', '/v1'],
    ['https://api.anthropic.com/v1/messages', 'anthropic', '/v1'],
  ])('knows the vendor behind %s', (text, vendor, base) => {
    expect(understandAddress(text)).toMatchObject({ flavour: vendor, provider: vendor, base, nameHint: vendor })
  })

  it.each([
    ['http://localhost:1234/v1', 'http://localhost:1234', '/v1', 'localhost-1234'],
    ['localhost:1234', 'http://localhost:1234', '/v1', 'localhost-1234'],
    ['127.0.0.1:8080/v1/chat/completions', 'http://127.0.0.1:8080', '/v1', '127.0.0.1-8080'],
    ['ollama:11434', 'http://ollama:11434', '/v1', 'ollama-11434'],
    ['http://[::1]:9/v1', 'http://[::1]:9', '/v1', '1-9'],
    ['https://api.groq.com/openai/v1', 'https://api.groq.com', '/openai/v1', 'groq'],
    ['https://ark.example.com/api/v3', 'https://ark.example.com', '/api/v3', 'ark'],
  ])('reads %s as an OpenAI-compatible server', (text, origin, base, nameHint) => {
    expect(understandAddress(text)).toMatchObject({
      origin,
      base,
      provider: 'generic',
      nameHint,
      apiBase: origin + base,
    })
  })

  it.each([
    ['https://contoso.services.ai.azure.com/anthropic', '/anthropic/v1'],
    ['https://contoso.services.ai.azure.com/', '/openai/v1'],
    ['http://localhost:11437/anthropic', '/anthropic/v1'],
    ['https://gw.example/x/anthropic/v1/messages', '/x/anthropic/v1'],
  ])('gives the base of the API that %s points at', (text, base) => {
    expect(understandAddress(text).base).toBe(base)
  })

  it('warns of plain http beyond this machine', () => {
    expect(understandAddress('http://10.0.0.7:8000/v1').sentence).toContain('not encrypted')
    expect(understandAddress('http://localhost:8000/v1').sentence).not.toContain('not encrypted')
  })
})

describe('what is not an address', () => {
  it.each([
    '',
    '   ',
    '""',
    'not an address',
    'https://',
    'https://user:secret@contoso.openai.azure.com',
    'https://secret@contoso.openai.azure.com',
    'ftp://contoso.openai.azure.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ws://contoso.openai.azure.com',
    'https://contoso.openai.azure.com/\u0000',
    'https://con\ntoso.openai.azure.com',
    'https://exa mple.com',
    'https://portal.azure.com/#@contoso/resource/x',
    'https://ai.azure.com/build/overview',
    'https://x.example:99999',
    `https://${'a'.repeat(3000)}.example`,
    '../../etc',
    '{}',
  ])('refuses %j with a fix and without repeating a secret', (text) => {
    const error = failureOf(text)
    expect(error).toBeInstanceOf(LazuliError)
    expect(error).toMatchObject({ code: 'invalid_address', status: 400 })
    expect((error as LazuliError).fix).toBeTruthy()
    expect((error as LazuliError).message).not.toContain('secret')
  })

  it('never throws anything else, and reads its own apiBase again as the same', () => {
    const piece = fc.constantFrom(
      'contoso',
      '.openai.azure.com',
      '.services.ai.azure.com',
      '/openai',
      '/v1',
      '/anthropic',
      '/deployments/x',
      '?api-version=2024-10-21',
      'https://',
      'http://',
      ':8080',
      '@',
      '//',
      '%',
      '..',
      '/models',
      '/responses',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.webUrl({ withQueryParameters: true }),
    )
    fc.assert(
      fc.property(text, (pasted) => {
        let first
        try {
          first = understandAddress(pasted)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_address' })
          return
        }
        expect(Instance.shape.name.safeParse(first.nameHint).success).toBe(true)
        const again = understandAddress(first.apiBase)
        if (first.provider === 'azure') expect(again.prefix).toBe(first.prefix)
        else expect(again.base).toBe(first.base)
        expect(again.origin).toBe(first.origin)
        expect(again.flavour).toBe(first.flavour)
      }),
      { numRuns: 2000 },
    )
  })
})

function failureOf(text: string): unknown {
  try {
    return understandAddress(text)
  } catch (error) {
    return error
  }
}
