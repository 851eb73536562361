/**
 * `npm run bench`: installs and builds what is missing, then measures. Runs on the machine's own Node (20 or newer)
 * before anything is installed: plain JavaScript, Node's modules only.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../../electron/start/build.mjs'
import { StartError, say } from '../../electron/start/fail.mjs'
import { install } from '../../electron/start/install.mjs'
import { modernNode } from '../../electron/start/node.mjs'
import { run } from '../../electron/start/run.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

try {
  install(root)
  const node = modernNode(root)
  build(root, node)
  process.exitCode = await run(node, [join(root, 'test/bench/bench.ts'), ...process.argv.slice(2)], {
    env: process.env,
  })
} catch (error) {
  if (!(error instanceof StartError)) throw error
  say(error.message)
  process.exitCode = 1
}
