import { parseAst } from 'vite'

export interface Import {
  /** As written, e.g. `../core/hub.ts`, `node:fs`, `zod`. */
  specifier: string
  /** Erased when the types are: nothing of it is loaded. */
  typeOnly: boolean
  /** Named as a file (of a thread, say): found beside the module, but not loaded with it. */
  asFile?: boolean
  /** By `import()`: loaded when it is asked for. */
  later?: boolean
}

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/**
 * Everything that a module names another module by: static and dynamic imports, re-exports, import types, `require`, and
 * `new URL('./file', import.meta.url)`, by which workers are found. Names that are computed cannot be known.
 *
 * @throws SyntaxError of the parser
 */
export function readImports(source: string, lang: 'js' | 'ts' | 'tsx'): Import[] {
  const found: Import[] = []
  const add = (name: unknown, typeOnly: boolean, asFile = false): void => {
    const value = textOf(name)
    if (typeof value === 'string') found.push({ specifier: value, typeOnly, ...(asFile ? { asFile } : {}) })
  }

  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isNode(node)) return
    switch (node['type']) {
      case 'ImportDeclaration':
        add(node['source'], node['importKind'] === 'type' || onlyTypes(node['specifiers'], 'importKind'))
        break
      case 'ExportNamedDeclaration':
        add(node['source'], node['exportKind'] === 'type' || onlyTypes(node['specifiers'], 'exportKind'))
        break
      case 'ExportAllDeclaration':
        add(node['source'], node['exportKind'] === 'type')
        break
      case 'ImportExpression': {
        const before = found.length
        add(node['source'], false)
        for (const one of found.slice(before)) one.later = true
        break
      }
      case 'TSImportType':
        add(node['source'], true)
        break
      case 'TSExternalModuleReference':
        add(node['expression'], false)
        break
      case 'CallExpression':
        if (isNode(node['callee']) && node['callee']['name'] === 'require') add(first(node['arguments']), false)
        break
      case 'NewExpression':
        if (isNode(node['callee']) && node['callee']['name'] === 'URL' && besideThisModule(node['arguments'])) {
          add(first(node['arguments']), false, true)
        }
        break
    }
    Object.values(node).forEach(visit)
  }
  visit(parseAst(source, { lang }))
  return found
}

/** A string, also one in backticks, as a minified bundle has them. */
function textOf(name: unknown): unknown {
  if (!isNode(name) || name['type'] !== 'TemplateLiteral') return isNode(name) ? name['value'] : undefined
  const piece = first(name['quasis'])
  const isWhole = isNode(piece) && piece['tail'] === true
  return isWhole && isNode(piece['value']) ? piece['value']['cooked'] : undefined
}

/** `import { type A, type B }` loads nothing; `import {}` and `import 'x'` do. */
function onlyTypes(specifiers: unknown, kind: string): boolean {
  return Array.isArray(specifiers) && specifiers.length > 0 && specifiers.every((one: Node) => one[kind] === 'type')
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}

function besideThisModule(parameters: unknown): boolean {
  const base: unknown = Array.isArray(parameters) ? parameters[1] : undefined
  return isNode(base) && isNode(base['object']) && base['object']['type'] === 'MetaProperty'
}
