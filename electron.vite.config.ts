import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

/**
 * Packages made of many small files are put into the bundle: reading 400 of them took a start longer than all else that
 * it does. The others stay outside: those with native parts, and those that are loaded late.
 */
const BUNDLED = [
  '@decimalturn/toml-patch',
  '@orpc/client',
  '@orpc/contract',
  '@orpc/server',
  'conf',
  'jsonc-parser',
  'pino',
  'sirv',
  'undici',
  'yaml',
  'zod',
]

/**
 * Parts of bundled packages that are never come to, by what they are asked for: undici's HTTP/2 (`allowH2: false`),
 * which would load Node's, and what conf needs for schemas and migrations alone. Together a fifth of a start.
 */
const UNUSED: ReadonlyMap<string, RegExp> = new Map([
  ['./client-h2.js', /\/undici\//],
  ['ajv/dist/2020.js', /\/conf\//],
  ['ajv-formats', /\/conf\//],
  ['semver', /\/conf\//],
])
const EMPTY = '\0unused'

const withoutUnused: Plugin = {
  name: 'without-unused',
  enforce: 'pre',
  resolveId: (id, importer = '') => (UNUSED.get(id)?.test(importer) === true ? EMPTY : undefined),
  load: (id) => (id === EMPTY ? 'module.exports = {}' : undefined),
}

export default defineConfig({
  main: {
    plugins: [withoutUnused],
    // undici leaves out its second, experimental parser where this is defined, as in the build for Node itself.
    define: { esbuildDetection: 'true' },
    build: {
      outDir: at('out/main'),
      externalizeDeps: { exclude: BUNDLED },
      sourcemap: true,
      rolldownOptions: {
        // The workers are entries of their own: threads load files, not chunks. `serve` loads `headless` from its cache.
        input: {
          main: at('electron/main.ts'),
          serve: at('electron/serve-cached.ts'),
          headless: at('electron/serve.ts'),
          'journal-worker': at('electron/journal/worker.ts'),
          'token-worker': at('electron/proxy/tokens/worker.ts'),
        },
        // The engine keeps the source in memory, two bytes a character once one of them is not Latin: without comments,
        // blanks and such characters it takes a third. Names stay, for the stack traces.
        output: { charset: 'ascii', minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } } },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      // A sandboxed preload can require nothing but electron: one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
})
