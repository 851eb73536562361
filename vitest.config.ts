import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**', 'node_modules/**'],
    globalSetup: ['test/isolation.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Real sockets, processes and packers on two shared cores; a hung test still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    coverage: { provider: 'v8', include: ['electron/**', 'shared/**'], reporter: ['text', 'json-summary'] },
  },
})
