/**
 * `npm start` and `npm run serve`: from a fresh clone to a running Lazuli. Installs what is missing, builds what is
 * old, then opens the window, or serves a browser where no window can be had, and says why.
 *
 * This file and `start/` run on the machine's own Node (20 or newer) before anything is installed: plain JavaScript,
 * Node's own modules only.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './start/build.mjs'
import { windowHere } from './start/electron.mjs'
import { StartError, say } from './start/fail.mjs'
import { HEAP_FLAGS } from './start/heap.mjs'
import { install } from './start/install.mjs'
import { modernNode, withPackages } from './start/node.mjs'
import { run } from './start/run.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const headless = process.argv.includes('--headless')
const args = process.argv.slice(2).filter((argument) => argument !== '--headless')

try {
  process.exitCode = await start()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  say(error.message)
  process.exitCode = 1
}

async function start() {
  install(root)
  const node = modernNode(root)
  build(root, node)

  if (headless) return serve(node)
  const here = await windowHere(root, node, process.env)
  if ('reason' in here) return serve(node, here.reason)
  return openWindow(node, here.executable)
}

/** @param reason why there is no window; the server prints it once it knows its URL */
function serve(node, reason) {
  const env = environment(reason === undefined ? {} : { LAZULI_START_REASON: reason })
  return run(node, [...HEAP_FLAGS, join(root, 'out/main/serve.js'), ...args], { env, tether: true })
}

/** Opens the window; where Electron cannot start on this system, serves without. */
async function openWindow(node, executable) {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  if (isRoot) say("Running as root: Electron starts with --no-sandbox, because Chromium's sandbox refuses root.")
  let refusal
  const env = environment()
  // Terminals inside Electron applications set this; it would turn our window into a plain Node.
  delete env.ELECTRON_RUN_AS_NODE
  const code = await run(executable, [root, ...(isRoot ? ['--no-sandbox'] : []), ...args], {
    env,
    onError: (errors) => {
      refusal = whyRefused(errors) ?? refusal
    },
  })
  return code !== 0 && refusal !== undefined ? serve(node, refusal) : code
}

/** The ways in which a downloaded Electron cannot run on a Linux that lacks something, by what it prints. */
function whyRefused(errors) {
  const library = /error while loading shared libraries: (\S+?):/.exec(errors)?.[1]
  if (library !== undefined) return `Electron needs ${library}, which is not installed`
  if (/Missing X server|cannot open display|Unable to open X display/i.test(errors))
    return 'the display cannot be opened'
  if (/SUID sandbox helper binary|No usable sandbox/i.test(errors))
    return "this system does not allow Chromium's sandbox"
  return undefined
}

/** Relative files are read from where the user stood: npm runs us elsewhere and says so in INIT_CWD. */
function environment(more = {}) {
  const stood = process.env.npm_lifecycle_event === undefined ? process.cwd() : process.env.INIT_CWD
  return { ...withPackages(root, process.env), INIT_CWD: stood ?? process.cwd(), ...more }
}
