import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import react from '@vitejs/plugin-react'
import { build, type Rolldown } from 'vite'

const root = join(import.meta.dirname, '../..')

/** One part of a CycloneDX 1.5 bill, as far as it is written here. */
interface Component {
  type: 'application' | 'library'
  name: string
  version: string
  purl: string
  'bom-ref': string
  licenses: { license: { id: string } }[]
  hashes: { alg: 'SHA-512'; content: string }[]
}
interface Bill {
  $schema: string
  bomFormat: 'CycloneDX'
  specVersion: '1.5'
  metadata: { component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/** An entry of package-lock.json. */
interface Locked {
  name?: string
  version?: string
  license?: string
  integrity?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}
type Lock = Readonly<Record<string, Locked>>

const folder = 'node_modules/'

/** Where Node would find a package that is asked for from another one; undefined when it is not in the lock. */
function locate(lock: Lock, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf(`/${folder}`), 0))) {
    const path = `${at === '' ? '' : `${at}/`}${folder}${name}`
    if (path in lock) return path
    if (at === '') return undefined
  }
}

/** What a package asks for, as paths in the lock. */
function needs(lock: Lock, path: string): string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = lock[path] ?? {}
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true)
  const names = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
  return names.flatMap((name) => locate(lock, path, name) ?? [])
}

/**
 * Everything that comes with these packages. Walked here, because npm's own bill without development leaves out what a
 * development package asks for as well (npm 11).
 */
function withAllNeeds(lock: Lock, paths: readonly string[]): Set<string> {
  const [found, ahead] = [new Set<string>(), [...paths]]
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (found.has(path)) continue
    found.add(path)
    ahead.push(...needs(lock, path))
  }
  return found
}

/** Folders of the packages, relative to the top, whose code is in the bundle of the window. */
async function bundled(): Promise<string[]> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: join(root, 'renderer'),
    plugins: [react()],
    build: { write: false },
  })
  const outputs = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[]
  const folders = outputs
    .flatMap(({ output }) => output)
    .flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
    .map((id) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0])
  const top = `${root.replaceAll('\\', '/')}/`
  return [...new Set(folders)]
    .flatMap((folder) => (folder?.startsWith(top) ? [folder.slice(top.length)] : []))
    .toSorted()
}

const reference = (path: string, { name, version = '' }: Locked): string =>
  `${name ?? path.slice(path.lastIndexOf(folder) + folder.length)}@${version}`

/** A package may lie in several places; it is named once. */
const byReference = (lock: Lock, paths: readonly string[]): Map<string, string> =>
  new Map(paths.map((path) => [reference(path, lock[path] ?? {}), path]))

function component(lock: Lock, path: string): Component {
  const locked = lock[path] ?? {}
  const ref = reference(path, locked)
  const [algorithm, content = ''] = (locked.integrity ?? '').split('-')
  return {
    type: 'library',
    name: ref.slice(0, ref.lastIndexOf('@')),
    version: locked.version ?? '',
    purl: `pkg:npm/${ref.replace(/^@/, '%40')}`,
    'bom-ref': ref,
    licenses: locked.license === undefined ? [] : [{ license: { id: locked.license } }],
    hashes: algorithm === 'sha512' ? [{ alg: 'SHA-512', content: Buffer.from(content, 'base64').toString('hex') }] : [],
  }
}

/**
 * The bill of materials of what is shipped, as CycloneDX 1.5: the packages that are installed with the program, from the
 * lock, and those that are only in the window's bundle, from the bundler itself.
 *
 * @throws when the bundler fails
 */
export async function billOfMaterials(): Promise<Bill> {
  const { packages: lock } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock }
  const installed = withAllNeeds(lock, needs(lock, ''))
  const inWindow = await bundled()
  const paths = [...new Set([...installed, ...inWindow])].toSorted()
  const own = component(lock, '')
  const components = new Map([...byReference(lock, paths)].map(([ref, path]) => [ref, component(lock, path)]))
  const references = (from: readonly string[]): string[] => [
    ...new Set(from.map((path) => reference(path, lock[path] ?? {})).filter((ref) => components.has(ref))),
  ]
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    metadata: { component: { ...own, type: 'application' } },
    components: [...components.values()],
    dependencies: [
      { ref: own['bom-ref'], dependsOn: references([...needs(lock, ''), ...inWindow]) },
      ...[...byReference(lock, paths)].map(([ref, path]) => ({ ref, dependsOn: references(needs(lock, path)) })),
    ],
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${JSON.stringify(await billOfMaterials(), null, 2)}\n`)
}
