import { describe, expect, test } from 'vitest'
import { MASKED_KEY, readPasted } from '../../electron/core/read-pasted.ts'

const KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'
const LONG_KEY = 'Ab3'.repeat(28)

describe('what is pasted', () => {
  test('a target URI tells the resource, the deployment and the version', () => {
    const read = readPasted(
      'https://contoso.openai.azure.com/openai/deployments/gpt-prod/chat/completions?api-version=2024-10-21',
    )
    expect(read).toMatchObject({
      providerType: 'azure',
      apiBase: 'https://contoso.openai.azure.com',
      apiVersion: '2024-10-21',
      deployment: 'gpt-prod',
      nameHint: 'contoso',
    })
  })

  test.each(['contoso', 'contoso.openai.azure.com', '  https://contoso.openai.azure.com/  '])(
    'an address alone: %s',
    (text) => {
      expect(readPasted(text).apiBase).toBe('https://contoso.openai.azure.com')
    },
  )

  test('a project of Foundry is its resource', () => {
    const read = readPasted('https://contoso.services.ai.azure.com/api/projects/first')
    expect(read).toMatchObject({ apiBase: 'https://contoso.services.ai.azure.com', providerType: 'azure' })
    expect(read.parts[0]?.meaning).toContain('project first left out')
  })

  test('lines of an .env file: the key goes its own way', () => {
    const read = readPasted(
      [
        '# from the portal',
        'AZURE_OPENAI_ENDPOINT="https://contoso.openai.azure.com/"',
        `export AZURE_OPENAI_API_KEY=${KEY}`,
        'AZURE_OPENAI_API_VERSION=2024-12-01-preview',
        'AZURE_OPENAI_DEPLOYMENT_NAME=prod-chat',
      ].join('\n'),
    )
    expect(read).toMatchObject({
      apiBase: 'https://contoso.openai.azure.com',
      key: KEY,
      auth: 'key',
      apiVersion: '2024-12-01-preview',
      deployment: 'prod-chat',
    })
    expect(read.shown).not.toContain(KEY)
    expect(read.shown).toContain(MASKED_KEY)
    expect(JSON.stringify(read.parts)).not.toContain(KEY)
    expect(read.parts.map(({ kind }) => kind)).toEqual(['address', 'key', 'api-version', 'deployment'])
  })

  test('a curl command with a header and a body', () => {
    const read = readPasted(
      `curl -X POST "https://contoso.services.ai.azure.com/openai/v1/chat/completions" \\
  -H "Content-Type: application/json" \\
  -H "api-key: ${KEY}" \\
  -d '{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hi"}]}'`,
    )
    expect(read).toMatchObject({ apiBase: 'https://contoso.services.ai.azure.com', key: KEY, model: 'gpt-5-mini' })
    expect(read.shown).not.toContain(KEY)
  })

  test('a bearer key of a header', () => {
    const read = readPasted(
      `curl https://contoso.openai.azure.com/openai/v1/models -H "Authorization: Bearer ${LONG_KEY}"`,
    )
    expect(read).toMatchObject({ key: LONG_KEY })
    expect(read.shown).not.toContain(LONG_KEY)
  })

  test('a snippet of an SDK, with a placeholder in place of the key', () => {
    const read = readPasted(`client = AzureOpenAI(
    api_version="2024-12-01-preview",
    azure_endpoint="https://contoso.cognitiveservices.azure.com/",
    api_key="<your-api-key>",
)
deployment = "gpt-4o-prod"
model_name = "gpt-4o"`)
    expect(read).toMatchObject({
      apiBase: 'https://contoso.cognitiveservices.azure.com',
      apiVersion: '2024-12-01-preview',
      deployment: 'gpt-4o-prod',
      model: 'gpt-4o',
    })
    expect(read.key).toBeUndefined()
    expect(read.parts).toContainEqual({ kind: 'ignored', text: 'api_key', meaning: 'A placeholder, not a value' })
  })

  test('JSON with both keys of a resource: the first counts, none is shown', () => {
    const read = readPasted(
      JSON.stringify({ endpoint: 'https://contoso.openai.azure.com/', key1: KEY, key2: LONG_KEY }, null, 2),
    )
    expect(read).toMatchObject({ apiBase: 'https://contoso.openai.azure.com', key: KEY })
    expect(JSON.stringify([read.shown, read.parts])).not.toMatch(new RegExp(`${KEY}|${LONG_KEY}`))
  })

  test('labels of the portal, each with its value on the next line', () => {
    const read = readPasted(`KEY 1\n${LONG_KEY}\nEndpoint\nhttps://contoso.openai.azure.com/\nLocation/Region\neastus2`)
    expect(read).toMatchObject({ apiBase: 'https://contoso.openai.azure.com', key: LONG_KEY })
  })

  test('an identity asks for Entra, and its secret is never shown', () => {
    const read = readPasted(
      `AZURE_TENANT_ID=1f2e\nAZURE_CLIENT_ID=3d4c\nAZURE_CLIENT_SECRET=super~secret~value\nAZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com`,
    )
    expect(read).toMatchObject({ auth: 'entra', apiBase: 'https://contoso.openai.azure.com' })
    expect(JSON.stringify(read)).not.toContain('super~secret~value')
  })

  test('a second resource is named and left', () => {
    const read = readPasted('A=1\nhttps://one.openai.azure.com\nhttps://two.openai.azure.com')
    expect(read.apiBase).toBe('https://one.openai.azure.com')
    expect(read.parts.at(-1)).toMatchObject({ kind: 'ignored', text: 'https://two.openai.azure.com' })
  })

  test('what cannot be understood says so', () => {
    expect(readPasted('this is not an address at all').parts[0]).toMatchObject({ kind: 'ignored' })
    expect(readPasted('').parts).toEqual([])
    expect(readPasted('https://portal.azure.com/#home').parts[0]?.meaning).toContain('a site to look at')
  })
})
