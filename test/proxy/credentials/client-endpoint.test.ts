/** `X-Azure-Endpoint` and `X-Azure-API-Key`: a request that names its own resource. */
import { afterEach, describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../../shared/config.ts'
import { isPublicAddress } from '../../../electron/proxy/public-address.ts'
import { post, startProxy } from '../harness.ts'
import type { TestProxy, TestSetup } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'

const STORED = 'stored-key-canary'
const OWN = 'own-resource-key'
const BODY = { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] }

let configured: ScriptedUpstream
let named: ScriptedUpstream
let proxy: TestProxy
/** Names that were looked up, in order. */
let asked: string[]
afterEach(async () => {
  await proxy.close()
  await Promise.all([configured.close(), named.close()])
})

type Allowed = NonNullable<ConfigInput['server']>['client_endpoints']

async function start(
  allowed: Allowed | 'named',
  resolve: (host: string) => string[] = () => ['20.1.2.3'],
  setup: Partial<TestSetup> = {},
): Promise<void> {
  asked = []
  configured = await startUpstream(json({ id: 'from-configured', choices: [] }))
  named = await startUpstream(json({ id: 'from-named', choices: [], content: [], output: [] }))
  proxy = await startProxy({
    instances: [{ name: 'stored', base: configured.origin, key: STORED }],
    config: {
      server: { client_endpoints: allowed === 'named' ? [named.origin] : allowed },
      models: [{ model: 'gpt-4o', instances: ['stored'], deployment: 'mapped' }],
      timeouts: { connect: 0.2 },
    },
    options: {
      resolveHost: (host) => {
        asked.push(host)
        return Promise.resolve(resolve(host))
      },
    },
    ...setup,
  })
}

function ask(endpoint: string, headers: Record<string, string> = {}, body: object = {}, path = '/v1/chat/completions') {
  return post(
    proxy.origin,
    path,
    { model: 'gpt-4o', ...BODY, ...body },
    { 'x-azure-endpoint': endpoint, 'x-azure-api-key': OWN, ...headers },
  )
}

test('it is off unless it is switched on, and says how', async () => {
  await start(false)
  const response = await ask(named.origin)
  expect(response.status).toBe(403)
  expect(await response.text()).toContain('server.client_endpoints')
  expect([...configured.received, ...named.received]).toEqual([])
})

describe('listed origins', () => {
  test.each([
    ['/v1/chat/completions', 'gpt-4o', '/openai/v1/chat/completions', 'api-key'],
    ['/v1/responses', 'gpt-4o', '/openai/v1/responses', 'api-key'],
    ['/v1/messages', 'claude-sonnet-4-5', '/anthropic/v1/messages', 'x-api-key'],
    ['/v1/chat/completions', 'claude-sonnet-4-5', '/anthropic/v1/messages', 'x-api-key'],
    ['/v1/chat/completions', 'azure/gpt-4o', '/openai/v1/chat/completions', 'api-key'],
    ['/v1/embeddings', 'text-embedding-3-small', '/openai/v1/embeddings', 'api-key'],
  ])('%s for %s goes to %s with the request’s own key alone', async (path, model, url, header) => {
    await start('named')
    const others = { authorization: 'Bearer callers-local-key', 'api-key': 'another-callers-key' }
    await ask(named.origin, others, { model, input: 'hi' }, path)
    expect(configured.received).toEqual([])
    const received = await named.request()
    expect(received.url).toBe(url)
    expect(received.headers[header]).toBe(OWN)
    const wire = JSON.stringify([received.rawHeaders, received.body.toString('utf8')])
    expect(wire).not.toMatch(/stored-key-canary|callers-|x-azure/i)
  })

  test('the mapping of the configured resources does not apply there', async () => {
    await start('named')
    await ask(named.origin)
    expect(JSON.parse((await named.request()).body.toString('utf8'))).toMatchObject({ model: 'gpt-4o' })
  })

  test('an origin that is not listed is refused, be it Azure’s', async () => {
    await start('named')
    for (const endpoint of [configured.origin, 'https://contoso.openai.azure.com', `${named.origin}0`]) {
      expect((await ask(endpoint)).status).toBe(400)
    }
    expect([...configured.received, ...named.received, ...asked]).toEqual([])
  })

  test('a key of its own is needed: no other goes there', async () => {
    await start('named')
    const response = await ask(named.origin, { 'x-azure-api-key': ' ', 'api-key': 'mine' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('X-Azure-API-Key')
    expect([...configured.received, ...named.received]).toEqual([])
  })

  test('a dry run tells the resource, and an echoed key does not come back', async () => {
    await start('named')
    const dry = await ask(named.origin, { 'x-dry-run': 'true' })
    expect(await dry.json()).toMatchObject({ url: `${named.origin}/openai/v1/chat/completions`, deployment: 'gpt-4o' })
    await named.close()
    named = await startUpstream(({ received, response }) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: `bad key ${String(received.headers['api-key'])}` } }))
    })
    await proxy.close()
    proxy = await startProxy({
      instances: [{ base: configured.origin }],
      config: { server: { client_endpoints: [named.origin] } },
    })
    const refused = await ask(named.origin)
    expect(refused.status).toBe(401)
    expect(await refused.text()).not.toContain(OWN)
  })
})

test('addresses in the body lead nowhere', async () => {
  await start(true)
  const body = { model: 'gpt-4o', ...BODY, api_base: named.origin, base_url: named.origin }
  await post(proxy.origin, '/v1/chat/completions', body)
  expect(named.received).toEqual([])
  expect(configured.received).toHaveLength(1)
})

describe('Azure’s public hosts', () => {
  test.each([
    'https://contoso.openai.azure.com',
    'https://CONTOSO.openai.azure.com/',
    'https://contoso.openai.azure.com:443/openai/deployments/x/chat/completions?api-version=2024-10-21',
    'https://contoso.services.ai.azure.com/anthropic',
    'https://contoso.cognitiveservices.azure.com',
    'https://contoso.openai.azure.us',
    'https://eastus.api.cognitive.microsoft.com',
    'https://phi.eastus.models.ai.azure.com',
  ])('%s is asked, with the address of one look-up', async (endpoint) => {
    await start(true)
    const dry = await ask(endpoint, { 'x-dry-run': 'true' })
    expect(dry.status).toBe(200)
    expect(new URL(((await dry.json()) as { url: string }).url).host).toBe(new URL(endpoint).host)
    expect(asked).toEqual([new URL(endpoint).hostname])
  })

  test('each request looks the name up once, and vets what it finds', async () => {
    const answers = [['20.1.2.3'], ['127.0.0.1']]
    await start(true, () => answers.shift() ?? [])
    expect((await ask('https://rebind.openai.azure.com', { 'x-dry-run': 'true' })).status).toBe(200)
    expect((await ask('https://rebind.openai.azure.com')).status).toBe(400)
    expect(asked).toHaveLength(2)
  })

  test.each([
    'http://contoso.openai.azure.com',
    'http://127.0.0.1:8080',
    'https://127.0.0.1',
    'https://localhost',
    'https://169.254.169.254/metadata',
    'https://[::1]',
    'https://[::ffff:169.254.169.254]',
    'https://[::ffff:a9fe:a9fe]',
    'https://2852039166',
    'https://0xa9fea9fe',
    'https://0251.0376.0251.0376',
    'https://127.1',
    'https://evil.openai.azure.com.attacker.test',
    'https://openai.azure.com.attacker.test',
    'https://evilopenai.azure.com',
    'https://openai.azure.com',
    'https://.openai.azure.com',
    'https://-a.openai.azure.com',
    'https://a.b.openai.azure.com',
    'https://contoso.privatelink.openai.azure.com',
    'https://contoso.openai.azure.com.',
    'https://contoso.openai.azure.com..',
    'https://contoso.openai.azure.com:8443',
    'https://user@contoso.openai.azure.com',
    'https://user:pass@contoso.openai.azure.com',
    'https://contoso.openai.azure.com@127.0.0.1',
    'https://contoso.openai.azure.com:pw@127.0.0.1/',
    'https://127.0.0.1#.openai.azure.com',
    'https://127.0.0.1/.openai.azure.com',
    'https://127.0.0.1?.openai.azure.com',
    'https://127.0.0.1\\.openai.azure.com',
    'https://127.0.0.1%2f.openai.azure.com',
    'https://127.0.0.1%00.openai.azure.com',
    'https://contoso.openai.azure.com\\@127.0.0.1',
    'https:\\\\contoso.openai.azure.com',
    'https:/contoso.openai.azure.com',
    'https:contoso.openai.azure.com',
    '//contoso.openai.azure.com',
    'contoso.openai.azure.com',
    'contoso',
    'file:///etc/passwd',
    'gopher://contoso.openai.azure.com',
    'https://portal.azure.com',
    'https://api.openai.com',
    'https://xn--80ak6aa92e.openai.azure.com.test',
    'https://contoso.openai.azure.com, https://127.0.0.1',
    'https://contoso.openai.azure.com https://127.0.0.1',
    'x'.repeat(4000),
  ])('%s is refused before anything is looked up', async (endpoint) => {
    await start(true)
    const response = await ask(endpoint)
    expect(response.status).toBe(400)
    expect(JSON.parse(await response.text())).toMatchObject({ error: { code: 'proxy_client_endpoint_refused' } })
    const exchange = await proxy.exchange()
    expect([asked, exchange.attempts, configured.received]).toEqual([[], [], []])
  })

  test.each([
    [['127.0.0.1']],
    [['169.254.169.254']],
    [['168.63.129.16']],
    [['10.0.0.4']],
    [['20.1.2.3', '10.0.0.4']],
    [['20.1.2.3', '::1']],
    [['::ffff:10.0.0.4']],
    [['::ffff:a9fe:a9fe']],
    [['64:ff9b::a9fe:a9fe']],
    [['2002:a9fe:a9fe::1']],
    [['fd00::1']],
    [['fe80::1%eth0']],
    [['100.64.0.1']],
    [['0.0.0.0']],
    [['no address']],
  ])('a public name that leads to %j is refused, and never connected to', async (addresses) => {
    await start(true, () => addresses)
    const response = await ask('https://contoso.openai.azure.com')
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('not public')
    expect((await proxy.exchange()).attempts).toEqual([])
  })

  test('a name that has no address is told as such', async () => {
    await start(true, () => [])
    expect((await ask('https://contoso.openai.azure.com')).status).toBe(502)
  })
})

test.each(['20.1.2.3', '8.8.8.8', '172.15.0.1', '172.32.0.1', '2603:1030::1', '2a01:111::1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)
