/** The real library against stand-ins of the services that it asks, on this machine. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { azureTokens } from '../../../electron/proxy/identity/azure-identity.ts'

const SCOPE = 'https://ai.azure.com/.default'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

/** The identity endpoint of an App Service. */
async function startEndpoint(status: number, body: object): Promise<{ urls: URL[]; headers: IncomingHttpHeaders[] }> {
  const urls: URL[] = []
  const headers: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    urls.push(new URL(request.url!, 'http://endpoint'))
    headers.push(request.headers)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => {
      server.close(() => resolve())
    })
  })
  vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`)
  vi.stubEnv('IDENTITY_HEADER', 'header-secret')
  return { urls, headers }
}

/** An `az` of the test's own in front of all others. */
function installAz(script: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-az-'))
  writeFileSync(join(folder, 'az'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'az'), 0o755)
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`)
}

test('a managed identity is asked at its endpoint, once for many calls', async () => {
  const { urls, headers } = await startEndpoint(200, {
    access_token: 'managed-token',
    expires_on: Math.floor(Date.now() / 1000) + 3600,
    resource: 'https://ai.azure.com',
    token_type: 'Bearer',
    client_id: 'mine',
  })
  const tokens = azureTokens()
  const identity = { credential: 'managed_identity' as const, client_id: 'mine' }
  const both = await Promise.all([tokens.token(identity, SCOPE), tokens.token(identity, SCOPE)])
  expect(both).toEqual(['managed-token', 'managed-token'])
  expect(await tokens.token(identity, SCOPE)).toBe('managed-token')
  expect(urls).toHaveLength(1)
  expect(urls[0]!.searchParams.get('resource')).toBe('https://ai.azure.com')
  expect(urls[0]!.searchParams.get('client_id')).toBe('mine')
  expect(headers[0]!['x-identity-header']).toBe('header-secret')
})

test('a machine whose identity is refused says so, with the way out', async () => {
  await startEndpoint(400, { error: 'invalid_request', error_description: 'no identity here' })
  const asked = azureTokens().token({ credential: 'managed_identity' }, SCOPE)
  const error = await asked.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ fix: expect.stringMatching(/identity/) as string })
  expect([401, 503]).toContain((error as { status: number }).status)
})

describe('the Azure CLI', () => {
  test('gives its token for the scope and the tenant', async () => {
    const until = Math.floor(Date.now() / 1000) + 3600
    installAz(
      `printf '{"accessToken":"cli-token","expires_on":${until},"tenant":"%s"}' "$*" | sed 's/"tenant":"[^}]*/"tenant":"t"/'`,
    )
    expect(await azureTokens().token({ credential: 'cli', tenant_id: 'contoso.test' }, SCOPE)).toBe('cli-token')
  })

  test('that nobody signed in to leads to az login', async () => {
    installAz(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`)
    await expect(azureTokens().token({ credential: 'cli' }, SCOPE)).rejects.toMatchObject({
      code: 'entra_unavailable',
      status: 503,
      fix: expect.stringContaining('az login') as string,
    })
  })
})

test('an app registration that cannot be asked does not tell its secret', async () => {
  vi.stubEnv('AZURE_AUTHORITY_HOST', 'https://127.0.0.1:9')
  const identity = {
    credential: 'secret' as const,
    tenant_id: 'contoso.test',
    client_id: 'app',
    client_secret: 'app-secret-canary',
    authority: 'https://127.0.0.1:9',
  }
  const error = await azureTokens()
    .token(identity, SCOPE)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ fix: expect.stringContaining('client_secret') as string })
  expect(JSON.stringify([(error as Error).message, error])).not.toContain('app-secret-canary')
}, 60_000)

test('the whole engine starts without the library; its first use loads it', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({
      load(url, context, next) {
        if (url.includes('/@azure/identity/')) loaded.push(url)
        return next(url, context)
      },
    })
    await import('./electron/engine.ts')
    const { azureTokens } = await import('./electron/proxy/identity/azure-identity.ts')
    const tokens = azureTokens()
    const before = loaded.length
    await tokens.token({ credential: 'workload' }, 'x').catch(() => {})
    console.log(JSON.stringify([before, loaded.length > 0]))`
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(JSON.parse(out)).toEqual([0, true])
}, 30_000)
