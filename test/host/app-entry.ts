import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { extractAll } from '@electron/asar'

export interface Manifest {
  name?: string
  productName?: string
  version?: string
  main?: string
}

export interface AppEntry {
  /** What `app.getAppPath()` tells. */
  folder: string
  /** The script to run. */
  file: string
  manifest: Manifest
  resourcesPath: string
  /** Removes what was unpacked. */
  dispose(): void
}

/** Finds the script that starts the app: in a folder, in a packed `app.asar`, or the file itself. */
export function findApp(given: string): AppEntry {
  const path = resolve(given)
  if (path.endsWith('.asar') && statSync(path).isFile()) return unpack(path)
  if (statSync(path).isDirectory()) return inFolder(path, join(path, 'resources'))
  const folder = dirname(path)
  return { folder, file: path, manifest: nearestManifest(folder), resourcesPath: folder, dispose() {} }
}

function inFolder(folder: string, resourcesPath: string): AppEntry {
  const manifest = readManifest(folder)
  return { folder, file: join(folder, manifest.main ?? 'index.js'), manifest, resourcesPath, dispose() {} }
}

/** Node cannot read archives in place as Electron does: the app runs from a copy, in a folder of the archive's name. */
function unpack(archive: string): AppEntry {
  const above = mkdtempSync(join(tmpdir(), 'electron-host-asar-'))
  const folder = join(above, 'app.asar')
  extractAll(archive, folder)
  const dispose = (): void => rmSync(above, { recursive: true, force: true })
  return { ...inFolder(folder, dirname(archive)), dispose }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function nearestManifest(folder: string): Manifest {
  try {
    return readManifest(folder)
  } catch {
    const above = dirname(folder)
    return above === folder ? {} : nearestManifest(above)
  }
}
