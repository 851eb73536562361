import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/**
 * The place in Electron's binary that holds its switches, as Electron ships it: a sentinel, the version and length of
 * the wire, and one character for each switch (github.com/electron/fuses).
 */
const wire = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 8]),
  Buffer.from('10110001'),
])

/**
 * Packs the built app for Linux with electron-builder, offline: around an empty shell in the shape of Electron's own
 * distribution, into a folder of its own.
 *
 * @returns the folder of the packed application, with `resources/app.asar` in it
 * @throws with what electron-builder printed, when it fails
 */
export async function pack(folder: string): Promise<string> {
  const shell = join(folder, 'electron')
  await mkdir(join(shell, 'locales'), { recursive: true })
  await mkdir(join(shell, 'resources'))
  for (const file of ['chrome-sandbox', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak']) {
    await writeFile(join(shell, file), '')
  }
  await writeFile(join(shell, 'electron'), Buffer.concat([Buffer.alloc(64), wire, Buffer.alloc(64)]))
  await chmod(join(shell, 'electron'), 0o755)
  await writeFile(join(shell, 'version'), '0.0.0')

  const output = join(folder, 'release')
  const builder = join(root, 'node_modules/electron-builder/cli.js')
  const settings = [`-c.electronDist=${shell}`, `-c.directories.output=${output}`]
  await promisify(execFile)(process.execPath, [builder, '--linux', 'dir', '--x64', '--publish', 'never', ...settings], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  return join(output, 'linux-unpacked')
}
