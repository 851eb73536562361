import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigError } from '../../electron/config/config-error.ts'
import { loadConfig } from '../../electron/config/load.ts'
import { mutatedBytes } from './mutate.ts'
import { fuzzSettings } from './settings.ts'

const secret = 'canary-7f3a9c1e'

const samples = [
  `name: proxy
version: "1.0"
port: 3010
routing: { strategy: weighted, retries: 3, timeout: 60 }
logging:
  level: INFO
  file: logs/app.log
instances:
  - &east
    name: east
    provider_type: azure
    api_key: "\${EAST_KEY}"
    api_base: https://contoso.openai.azure.com
    api_version: 2024-10-21
    priority: 1
    max_tpm: 30000
    supported_models: [gpt-4o, gpt-4o-mini]
    model_deployments: { gpt-4o: prod-4o }
  - <<: *east
    name: west
    priority: 2
`,
  `server: { port: 0, token: \${EAST_KEY}, hosts: [host.docker.internal] }
models:
  - { model: 'claude-*', instances: [sim], api: messages }
  - model: fast
    deployment: gpt-4.1-mini
instances: [{ name: sim, provider_type: simulator }]
timeouts: { connect: 10, first_byte: 600, idle: 300, total: 3600 }
prices: { sim/gpt-4o: { input: 2.5, output: 10 } }
alerts: { slack: 'https://hooks.example.com/\${EAST_KEY}' }
`,
]

let cwd: string
let configFile: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-fuzz-'))
  configFile = join(cwd, 'lazuli.yaml')
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

test('a file, whatever was done to its bytes, is loaded or refused with file and line, and never tells a secret', () => {
  const { numRuns, seed } = fuzzSettings()
  fc.assert(
    fc.property(mutatedBytes(samples), (bytes) => {
      writeFileSync(configFile, bytes)
      try {
        loadConfig({
          settings: { file: 'config.json', value: {} },
          configFile,
          flags: {},
          env: { EAST_KEY: secret },
          cwd,
        })
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        expect(error.message).toContain('lazuli.yaml')
        expect(error.message).not.toContain(secret)
      }
      expect(({} as Record<string, unknown>)['instances']).toBeUndefined()
    }),
    { numRuns: Math.ceil(numRuns / 2), seed },
  )
})
