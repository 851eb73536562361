/** The Python proxy's variables: `API_INSTANCES` with `API_INSTANCE_<NAME>_…`, or one resource as `API_BASE`. */
import { Instance } from '../../shared/config.ts'
import { coerce, fieldsOf } from './schema-walk.ts'
import { firstSet, textOf, type Environment, type FromVariable, type VariableSettings } from './variable-settings.ts'

const MODEL_MAP = 'MODEL_MAP_'

/** Reads them in place of LAZULI_INSTANCES where it has no instance of the name. */
export function readInstanceVariables(env: Environment, settings: VariableSettings): void {
  const names = (textOf(firstSet(env, 'API_INSTANCES')) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  for (const name of names) addNamed(name, env, settings)
  const base = firstSet(env, 'API_BASE')
  // The single resource was read only where no list was given.
  if (names.length > 0 || base === undefined) return
  settings.addInstance('default', {
    api_base: base,
    provider_type: lowerCase(firstSet(env, 'API_PROVIDER_TYPE')),
    api_key: firstSet(env, 'API_KEY'),
    api_version: firstSet(env, 'API_VERSION'),
    priority: { value: 1, variable: 'API_BASE' },
  })
}

function addNamed(name: string, env: Environment, settings: VariableSettings): void {
  const prefix = prefixOf(name, env)
  const fields: Record<string, FromVariable | undefined> = {}
  const own = fieldsOf(Instance) ?? {}
  for (const [key, schema] of Object.entries(own)) {
    if (key === 'name' || key === 'model_deployments' || key === 'key_ref') continue
    const found = firstSet(env, prefix + key.toUpperCase())
    if (found !== undefined) fields[key] = { ...found, value: coerce(schema, structured(found.value)) }
  }
  fields['provider_type'] = lowerCase(fields['provider_type'])
  fields['model_deployments'] = modelMap(prefix, env) ?? jsonField(env, `${prefix}MODEL_DEPLOYMENTS`)
  if (fields['api_base'] === undefined && !needsNoAddress(fields['provider_type']))
    settings.refuse('API_INSTANCES', `names ${name}, but ${prefix}API_BASE is not set`)
  else settings.addInstance(name, fields)
}

/** The name in upper case as it is; a shell takes no dash or dot in a name, so underscores are read too. */
function prefixOf(name: string, env: Environment): string {
  const exact = `API_INSTANCE_${name.toUpperCase()}_`
  if (Object.keys(env).some((variable) => variable.startsWith(exact))) return exact
  return `API_INSTANCE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_`
}

/** `…MODEL_MAP_GPT_4O=prod`: the model in lower case, underscores as dashes; dots and dashes may stand as they are. */
function modelMap(prefix: string, env: Environment): FromVariable | undefined {
  const start = prefix + MODEL_MAP
  const rows = Object.entries(env).filter(([variable, text]) => variable.startsWith(start) && text?.trim())
  if (rows.length === 0) return undefined
  const map = rows.map(([variable, text]) => [
    variable.slice(start.length).toLowerCase().replaceAll('_', '-'),
    text!.trim(),
  ])
  return { value: Object.fromEntries(map) as Record<string, string>, variable: rows[0]![0] }
}

function jsonField(env: Environment, variable: string): FromVariable | undefined {
  const found = firstSet(env, variable)
  return found === undefined ? undefined : { ...found, value: structured(found.value) }
}

/** JSON where it is, e.g. for BASE_MODELS; else the text. */
function structured(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function lowerCase(found: FromVariable | undefined): FromVariable | undefined {
  return typeof found?.value === 'string' ? { ...found, value: found.value.toLowerCase() } : found
}

function needsNoAddress(provider: FromVariable | undefined): boolean {
  return ['simulator', 'openai', 'anthropic', 'recording'].includes(String(provider?.value))
}
