#!/usr/bin/env node
/**
 * The headless entry as it is built: has Node keep the compiled code between starts, then runs `serve.ts`. Compiling
 * takes a third of a start. What is imported statically is compiled before anything runs, so the cache needs an entry
 * of its own.
 */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

enableCache()
await import('./serve.ts')

/** Among the user's own caches: a folder that others may write would let them give us code. */
function enableCache(): void {
  try {
    enableCompileCache(cacheFolder(process.env, process.platform))
  } catch {
    // A user without a home starts as fast as without a cache.
  }
}

function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Caches', 'Lazuli', 'compiled')
    case 'win32':
      return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'Lazuli', 'Cache', 'compiled')
    default:
      return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lazuli', 'compiled')
  }
}
