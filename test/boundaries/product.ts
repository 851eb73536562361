import { readdir, readFile } from 'node:fs/promises'
import { extname, join, normalize, relative, sep } from 'node:path'
import { readImports } from './read-imports.ts'

export const root = join(import.meta.dirname, '../..')

export interface SourceFile {
  /** From the top, with forward slashes. */
  path: string
  text: string
}

export interface Edge {
  from: string
  /** A path from the top for a file of ours, else the specifier of a package. */
  to: string
  typeOnly: boolean
  ours: boolean
}

/** All files under these folders whose names end so; recorded fixtures, packages and results left out. */
export async function files(folders: readonly string[], extensions: readonly string[]): Promise<SourceFile[]> {
  const found: SourceFile[] = []
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')
      if (!entry.isFile() || !extensions.includes(extname(entry.name)) || path.startsWith('test/fixtures/')) continue
      found.push({ path, text: await readFile(join(root, path), 'utf8') })
    }
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const LANGUAGES: Readonly<Record<string, 'js' | 'ts' | 'tsx'>> = { '.ts': 'ts', '.tsx': 'tsx', '.mjs': 'js' }

/** Who imports whom among modules; other relative imports (styles, pictures) are no business of the rooms. */
export function edges(modules: readonly SourceFile[]): Edge[] {
  return modules.flatMap(({ path, text }) =>
    readImports(text, LANGUAGES[extname(path)] ?? 'ts').flatMap(({ specifier, typeOnly }): Edge[] => {
      if (!specifier.startsWith('.')) return [{ from: path, to: specifier, typeOnly, ours: false }]
      const to = normalize(join(path, '..', specifier))
        .split(sep)
        .join('/')
      return extname(to) in LANGUAGES ? [{ from: path, to, typeOnly, ours: true }] : []
    }),
  )
}

/** One circle of files that load each other, or undefined. */
export function circle(among: readonly Edge[]): string[] | undefined {
  const next = new Map<string, string[]>()
  for (const { from, to, typeOnly, ours } of among) {
    if (ours && !typeOnly) next.set(from, [...(next.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const search = (at: string, way: readonly string[]): string[] | undefined => {
    const seen = way.indexOf(at)
    if (seen >= 0) return [...way.slice(seen), at]
    if (done.has(at)) return undefined
    for (const to of next.get(at) ?? []) {
      const found = search(to, [...way, at])
      if (found !== undefined) return found
    }
    done.add(at)
    return undefined
  }
  for (const from of next.keys()) {
    const found = search(from, [])
    if (found !== undefined) return found
  }
  return undefined
}
