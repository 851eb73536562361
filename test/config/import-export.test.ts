import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startConsole, type TestConsole } from '../console/console-for-tests.ts'
import { readImport } from '../../electron/config/import-mapping.ts'

const KEY = 'key-that-nobody-may-see'
const YAML = `
routing: { strategy: weighted, retries: 2 }
port: 3010
instances:
  - name: east
    provider_type: azure
    api_key: \${EAST_KEY}
    api_base: https://east.openai.azure.com
    api_version: 2024-10-21
    priority: 1
    max_tpm: 240000
    supported_models: [gpt-4o, gpt-4o-mini]
    model_deployments: { gpt-4o: prod-4o }
    colour: blue
  - name: west
    api_key: ${KEY}
    api_base: west.openai.azure.com
models:
  - { model: 'gpt-5*', deployment: gpt-5-prod, instances: [east] }
  - { deployment: nothing }
`

describe('an import', () => {
  test('takes instances and rules of the Python proxy’s YAML, and says what it leaves', () => {
    const found = readImport(YAML.replace('west.openai', 'https://west.openai'), { EAST_KEY: KEY })
    expect(found.kind).toBe('yaml')
    expect(found.instances.map(({ instance, key }) => [instance.name, key])).toEqual([
      ['east', 'given'],
      ['west', 'given'],
    ])
    expect(found.instances[0]?.instance).toMatchObject({
      api_key: KEY,
      priority: 1,
      max_tpm: 240_000,
      model_deployments: { 'gpt-4o': 'prod-4o' },
    })
    expect(found.rules).toEqual([{ model: 'gpt-5*', deployment: 'gpt-5-prod', instances: ['east'], api: 'auto' }])
    expect(found.warnings.join('\n')).toMatch(/Not taken: routing, server[^]*colour[^]*Rule 2 is left/)
  })

  test('an instance whose key is not known here is taken switched off; a broken one is left', () => {
    const found = readImport(YAML, {})
    expect(found.instances).toHaveLength(1)
    expect(found.instances[0]).toMatchObject({ key: 'missing', instance: { name: 'east', enabled: false } })
    expect(found.warnings.join('\n')).toContain('EAST_KEY')
    expect(found.warnings.join('\n')).toMatch(/west is left: api_base/)
    expect(JSON.stringify(found)).not.toContain(KEY)
  })

  test('takes the Go proxy’s variables', () => {
    const found = readImport(
      `# from the container
AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com/
export AZURE_OPENAI_API_KEY="${KEY}"
AZURE_OPENAI_MODEL_MAPPER=gpt-4o=prod-4o,gpt-5=prod-5`,
      {},
    )
    expect(found.kind).toBe('environment')
    expect(found.instances[0]).toMatchObject({
      key: 'given',
      instance: { api_base: 'https://contoso.openai.azure.com/' },
    })
    expect(found.rules.map(({ model, deployment }) => [model, deployment])).toEqual([
      ['gpt-4o', 'prod-4o'],
      ['gpt-5', 'prod-5'],
    ])
  })

  test('takes the Python proxy’s variables', () => {
    const found = readImport(
      'API_INSTANCES=a,b\nAPI_INSTANCE_A_API_BASE=https://a.openai.azure.com\nAPI_INSTANCE_A_API_KEY=abcdefgh\nAPI_INSTANCE_B_API_BASE=https://b.openai.azure.com\nAPI_INSTANCE_B_MODEL_MAP_GPT_4O=four',
      {},
    )
    expect(found.instances.map(({ instance, key }) => [instance.name, key, instance.model_deployments])).toEqual([
      ['a', 'given', {}],
      ['b', 'none', { 'gpt-4o': 'four' }],
    ])
  })

  test('secrets for which the settings file is no place stay behind', () => {
    const found = readImport(
      `instances:
  - name: a
    api_base: https://a.openai.azure.com
    proxy_url: http://user:${KEY}@proxy:8080
    auth: entra
    entra: { credential: secret, tenant_id: t, client_id: c, client_secret: ${KEY} }`,
      {},
    )
    expect(JSON.stringify(found)).not.toContain(KEY)
    expect(found.warnings).toHaveLength(2)
  })

  test.each([['instances: ['], [''], ['just words']])('what is no configuration is refused: %s', (text) => {
    expect(() => readImport(text, {})).toThrow(/The text/)
  })
})

describe('on the console', () => {
  let lazuli: TestConsole
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-import-'))
  beforeEach(async () => {
    lazuli = await startConsole()
  })
  afterEach(() => lazuli.close())

  const text = YAML.replace('west.openai', 'https://west.openai').replace('${EAST_KEY}', KEY)

  test('the preview shows no key, and the import puts keys into the keychain and rules in front', async () => {
    await lazuli.console.rules.save({ rules: [{ model: '*', instances: [], api: 'auto' }] })
    const preview = await lazuli.console.rules.readImport({ text })
    expect(JSON.stringify(preview)).not.toContain(KEY)
    expect(preview.instances.map(({ key, replaces }) => [key, replaces])).toEqual([
      ['given', 'no'],
      ['given', 'no'],
    ])
    const after = await lazuli.console.rules.import({ text, instances: ['east'], rules: [0] })
    expect(after.rules.rules.map(({ model }) => model)).toEqual(['gpt-5*', '*'])
    expect(after.instances.map(({ instance, key }) => [instance.name, key.state])).toEqual([['east', 'keychain']])
    expect([...lazuli.keys.values()]).toContain(KEY)
    const again = await lazuli.console.rules.readImport({ text })
    expect(again.instances[0]?.replaces).toBe('yes')
    await lazuli.console.rules.import({ text, instances: ['east'], rules: [] })
    expect([...lazuli.keys.keys()].filter((ref) => ref.startsWith('instance/east/'))).toHaveLength(1)
  })

  test('what is exported loads headless to the same instances and rules', async () => {
    await lazuli.console.rules.import({ text, instances: ['east', 'west'], rules: [0] })
    const { yaml, variables } = await lazuli.console.rules.export()
    expect(yaml).not.toContain(KEY)
    expect(variables).toEqual(['${EAST_API_KEY}', '${WEST_API_KEY}'].map((name) => name.slice(2, -1)))
    const file = join(folder, 'lazuli.yaml')
    writeFileSync(file, yaml)
    const env = Object.fromEntries(variables.map((name) => [name, KEY]))
    const other = await startConsole({ configFile: file, env })
    try {
      const plain = async ({ console }: TestConsole): Promise<unknown> => [
        (await console.instances.list()).map(({ instance }) => instance),
        (await console.rules.list()).rules,
      ]
      expect(await plain(other)).toEqual(await plain(lazuli))
      const [first] = other.engine.configuration.current().instances
      expect(first?.credential).toMatchObject({ type: 'key', key: KEY })
      const { source, where } = await other.console.rules.list()
      expect([source, where]).toEqual(['file', file])
      await expect(other.console.rules.import({ text, instances: [], rules: [0] })).rejects.toThrow(
        /configuration file/,
      )
    } finally {
      await other.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('rules of the environment say which variable makes them', async () => {
    const other = await startConsole({
      env: { AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com', AZURE_OPENAI_MODEL_MAPPER: 'a=b' },
    })
    expect(await other.console.rules.list()).toMatchObject({
      source: 'environment',
      where: 'AZURE_OPENAI_MODEL_MAPPER',
    })
    await other.close()
  })
})
