import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**', 'node_modules/**'],
    globalSetup: ['test/isolation.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Threads that are started from their source strip its types with WebAssembly, while the test itself parses HTTP with
    // it. Where two threads replace the same generic wrapper of an import at once, V8 13.6 dies of SIGSEGV as it frees the
    // code of one of them (seen in one of ten runs of recording.test.ts). What is built has no WebAssembly in its threads.
    execArgv: ['--no-wasm-generic-wrapper'],
    // Real sockets, processes and packers on two shared cores; a hung test still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    coverage: { provider: 'v8', include: ['electron/**', 'shared/**'], reporter: ['text', 'json-summary'] },
  },
})
