/** The headless program with every kind of secret, and all that it leaves behind: files, output, answers. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../harness.ts'
import { startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'
import { startHttpProxy } from './http-proxy.ts'
import type { LoggingProxy } from './http-proxy.ts'

const root = join(import.meta.dirname, '../../..')
const TOKEN = 'eyJ0eXAiOiJKV1Qi.canary-entra-token-payload.c2lnbmF0dXJl'
const SECRETS = [TOKEN, 'canary-app-secret-01', 'canary-proxy-pass-01', 'canary-env-pass-0001', 'canary-own-key-00001']

let folder: string
let upstream: ScriptedUpstream
let httpProxy: LoggingProxy
let stop: (() => Promise<void>) | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-canaries-'))
  httpProxy = await startHttpProxy()
  // Whatever it is sent comes back, as a careless gateway's error.
  upstream = await startUpstream(({ received, response }) => {
    response.writeHead(401, { 'content-type': 'application/json', 'x-request-id': 'r' })
    response.end(JSON.stringify({ error: { message: `wrong audience: ${JSON.stringify(received.headers)}` } }))
  })
})
afterEach(async () => {
  await stop?.()
  await Promise.all([upstream.close(), httpProxy.close()])
  rmSync(folder, { recursive: true, force: true })
})

function write(file: string, text: string): void {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), text)
}

async function start(): Promise<{ url: string; output: () => string }> {
  const until = Math.floor(Date.now() / 1000) + 3600
  write('bin/az', `#!/bin/sh\necho '{"accessToken":"${TOKEN}","expires_on":${until},"tenant":"t"}'\n`)
  chmodSync(join(folder, 'bin/az'), 0o755)
  const { port } = new URL(upstream.origin)
  write(
    'lazuli.yaml',
    `server: { client_endpoints: ["${upstream.origin}"] }
logging: { level: debug }
instances:
  - { name: cli, api_base: "http://models.corp.test:${port}", auth: entra, entra: { credential: cli },
      proxy_url: "http://corp:${SECRETS[2]}@127.0.0.1:${httpProxy.port}", supported_models: [gpt-4o] }
  - { name: app, api_base: "http://other.corp.test:${port}", auth: entra, supported_models: [gpt-4.1],
      entra: { credential: secret, tenant_id: contoso.invalid, client_id: c, client_secret: "\${APP_SECRET}" } }
`,
  )
  const child = spawn(
    process.execPath,
    [
      join(root, 'electron/serve.ts'),
      'serve',
      '--port',
      '0',
      '--data-dir',
      join(folder, 'data'),
      '--config',
      'lazuli.yaml',
    ],
    {
      cwd: folder,
      env: {
        PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME: folder,
        APP_SECRET: SECRETS[1],
        // Where nobody listens: the sign-in fails at once, and nothing leaves this machine.
        HTTPS_PROXY: `http://corp:${SECRETS[3]}@127.0.0.1:9`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  const exit = once(child, 'exit')
  stop = async () => {
    child.kill('SIGTERM')
    await exit
    stop = undefined
  }
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const match = /^lazuli listening on (\S+)$/m.exec(output)
      if (match !== null) resolve(match[1]!)
    })
    child.once('exit', () => reject(new Error(output)))
  })
  return { url, output: () => output }
}

const forms = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`corp:${secret}`).toString('base64'),
]

test('secrets reach whom they are for, and nothing that is kept, printed or answered has one', async () => {
  const { url, output } = await start()
  const answers: string[] = []
  const ask = async (model: string, headers: Record<string, string> = {}): Promise<number> => {
    const response = await post(
      url,
      '/v1/chat/completions',
      { model, messages: [{ role: 'user', content: 'hi' }] },
      headers,
    )
    answers.push(JSON.stringify([...response.headers]), await response.text())
    return response.status
  }
  expect(await ask('gpt-4o')).toBe(401)
  expect(await ask('gpt-4.1')).toBeGreaterThanOrEqual(401)
  expect(await ask('gpt-4o', { 'x-azure-endpoint': upstream.origin, 'x-azure-api-key': SECRETS[4]! })).toBe(401)
  answers.push(await (await fetch(`${url}/config`)).text())
  await stop?.()

  expect(upstream.received.map(({ headers }) => headers.authorization ?? headers['api-key'])).toEqual([
    `Bearer ${TOKEN}`,
    SECRETS[4],
  ])
  expect(httpProxy.authorizations).toContain(`Basic ${Buffer.from(`corp:${SECRETS[2]}`).toString('base64')}`)
  const kept = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
  expect(kept.join('')).toContain('models.corp.test')
  const everything = [...kept, ...answers, output()].join('\n').toLowerCase()
  for (const form of SECRETS.flatMap(forms)) expect(everything).not.toContain(form.toLowerCase())
}, 90_000)
