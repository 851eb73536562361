/** The commands as a user runs them: processes of their own, from source. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const entry = join(import.meta.dirname, '../../electron/serve.ts')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function run(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [entry, ...args, '--data-dir', join(folder, 'data')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...texts }
}

const write = (text: string, name = 'lazuli.yaml'): void => writeFileSync(join(folder, name), text)

describe('lazuli check', () => {
  it('prints what was understood, without a key, and makes no folder', async () => {
    write(
      `server: {token: token-canary-1, admin_token: admin-canary-1}\nrouting: {strategy: weighted}\ninstances:\n  - name: east\n    api_base: https://contoso.openai.azure.com/\n    api_key: key-canary-1\n    api_version: 2023-07-01-preview\n    proxy_url: http://u:proxy-canary-1@127.0.0.1:3128\n    supported_models: [gpt-4o]\n    model_deployments: {gpt-4o: prod}\nmodels:\n  - {model: fast, deployment: gpt-4.1-mini, instances: [west]}\nlogging: {feishu_webhook: "https://hook.example/webhook-canary-1"}\nstate: memory\n`,
    )
    const env = { AZURE_OPENAI_ENDPOINT: 'https://fabrikam.openai.azure.com', AZURE_OPENAI_MODEL_MAPPER: 'a=b' }
    const { code, stdout, stderr } = await run(['check', '--config', 'lazuli.yaml'], env)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout + stderr).not.toContain('canary')
    for (const expected of [
      join(folder, 'lazuli.yaml'),
      'AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_MODEL_MAPPER',
      'callers must send the local key',
      'east · azure · from file',
      'https://contoso.openai.azure.com · api-version 2023-07-01-preview, Responses v1',
      'gpt-4o → prod',
      'none: each caller’s own goes on',
      '1  a → deployment b on azure',
      '2  fast → deployment gpt-4.1-mini on west',
      'state',
      'Azure stopped to answer the api_version 2023-07-01-preview',
      'names the instance west, which does not exist',
      'The configuration is valid.',
    ])
      expect(stdout).toContain(expected)
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })

  it('says that the simulator answers where nothing is configured', async () => {
    expect((await run(['check'])).stdout).toContain('the built-in simulator answers')
  })

  it('names file and line of each mistake and ends with 1', async () => {
    write('server:\n  port: 70000\ninstances:\n  - name: a\n    priority: high\n    api_key: [key-canary-1]\n')
    const { code, stdout, stderr } = await run(['check', '--config', 'lazuli.yaml'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('lazuli.yaml, line 2: server.port: must be at most 65535')
    expect(stderr).toContain('lazuli.yaml, line 5: instances[0].priority: must be a number')
    expect(stderr).toContain('lazuli.yaml, line 6: instances[0].api_key')
    expect(stderr).not.toContain('canary')
  })

  it('refuses what would keep lazuli serve from starting', async () => {
    const env = { AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com', AZURE_OPENAI_API_KEY: 'key-canary-1' }
    const { code, stderr } = await run(['check', '--host', '0.0.0.0'], env)
    expect(code).toBe(1)
    expect(stderr).toContain('will not listen on 0.0.0.0')
  })

  it('reads from the directory that the user stood in', async () => {
    mkdirSync(join(folder, 'there', 'app', 'config'), { recursive: true })
    write('instances:\n  - {name: there, api_base: "https://a.example"}\n', 'there/app/config/base.yaml')
    const { stdout } = await run(['check'], { INIT_CWD: join(folder, 'there') })
    expect(stdout).toContain('there · azure')
  })
})

describe('lazuli models', () => {
  const env = {
    AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com',
    AZURE_OPENAI_API_KEY: 'key-canary-1',
    AZURE_OPENAI_APIVERSION: '2024-10-21',
    AZURE_OPENAI_MODEL_MAPPER: 'GPT-4=prod-4',
    AZURE_AI_STUDIO_DEPLOYMENTS: 'mistral-large=Mistral-large2:swedencentral',
  }

  it('tells each step to the address', async () => {
    const { code, stdout } = await run(['models', 'gpt-4'], env)
    expect(code).toBe(0)
    expect(stdout).toContain('gpt-4 → azure · deployment prod-4 · chat')
    expect(stdout).toContain('Rule 1 matches GPT-4')
    expect(stdout).toContain(
      'POST https://contoso.openai.azure.com/openai/deployments/prod-4/chat/completions?api-version=2024-10-21',
    )
    expect(stdout).not.toContain('canary')
  })

  it('knows serverless deployments and the caller’s dialect', async () => {
    expect((await run(['models', 'Mistral-Large'], env)).stdout).toContain(
      'POST https://mistral-large2.swedencentral.models.ai.azure.com/v1/chat/completions',
    )
    const claude = await run(['models', 'claude-sonnet-4-5', '--dialect', 'messages'], env)
    expect(claude.stdout).toContain('POST https://contoso.openai.azure.com/anthropic/v1/messages')
  })

  it('ends with 1 and the explanation for a name that nothing serves', async () => {
    write('instances:\n  - {name: a, api_base: "https://a.example", supported_models: [gpt-4o]}\n')
    const { code, stdout, stderr } = await run(['models', 'gpt-4p', '--config', 'lazuli.yaml'])
    expect(code).toBe(1)
    expect(stdout).toContain('It lists gpt-4o only')
    expect(stderr).toContain('Did you mean gpt-4o?')
  })

  it('lists the names that are configured', async () => {
    const { stdout } = await run(['models'], env)
    expect(stdout).toMatch(/^GPT-4 +azure +prod-4 +chat$/m)
    expect(stdout).toMatch(/^mistral-large +serverless mistral-large +mistral-large +chat$/m)
  })

  it.each([[['models', 'a', 'b']], [['tell']], [['check', 'x']], [['models', 'gpt-4', '--dialect', 'latin']]])(
    'refuses %j',
    async (args) => {
      expect((await run(args, env)).code).toBe(1)
    },
  )
})
