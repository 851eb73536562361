/** The variables of the Go proxy, its Claude edition and its TypeScript port, and TensorWall's. */
import { offersResponses } from '../core/api-versions.ts'
import { firstSet, textOf, type Environment, type FromVariable, type VariableSettings } from './variable-settings.ts'

const OPENAI = 'https://api.openai.com'
/** Name of the instance that these variables make. */
const MAIN = 'azure'
const ENDPOINT_MAP = 'AZURE_OPENAI_ENDPOINT_MAP'
const SERVERLESS = 'AZURE_AI_STUDIO_DEPLOYMENTS'

/** Reads one Azure resource with its mapper, or OpenAI's own API where the mode says so. */
export function readAzureVariables(env: Environment, settings: VariableSettings): void {
  const mode = firstSet(env, 'AZURE_OPENAI_PROXY_MODE')
  switch (textOf(mode)?.toLowerCase() ?? 'azure') {
    case 'azure':
      addResource(env, settings)
      addMapper(env, settings)
      addEndpointMap(env, settings)
      addServerless(env, settings)
      return
    case 'openai':
      settings.addInstance('openai', {
        provider_type: { value: 'openai', variable: mode!.variable },
        api_base: firstSet(env, 'OPENAI_API_ENDPOINT') ?? { value: OPENAI, variable: mode!.variable },
      })
      return
    default:
      settings.refuse('AZURE_OPENAI_PROXY_MODE', 'must be azure or openai')
  }
}

/** First name that is set wins: TensorWall's and Azure's own names, then those of the Go proxy and its Claude edition. */
const KEY_NAMES = ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_KEY', 'AZURE_OPENAI_TOKEN'] as const

function addResource(env: Environment, settings: VariableSettings): void {
  const endpoint = firstSet(env, 'AZURE_OPENAI_ENDPOINT')
  if (endpoint === undefined) return
  settings.addInstance(MAIN, {
    provider_type: { value: 'azure', variable: endpoint.variable },
    api_base: endpoint,
    api_key: firstSet(env, ...KEY_NAMES),
    ...versions(env, textOf(endpoint)!, settings),
  })
}

function versions(
  env: Environment,
  endpoint: string,
  settings: VariableSettings,
): Record<string, FromVariable | undefined> {
  const responses = firstSet(env, 'AZURE_OPENAI_RESPONSES_APIVERSION')
  const refused = isRefusedByAzure(textOf(responses), endpoint)
  if (refused) {
    settings.notes.push(
      `${responses!.variable}: Azure never offered Responses with ${textOf(responses)}, so v1 is used; remove the variable.`,
    )
  }
  return {
    api_version: lowerCase(firstSet(env, 'AZURE_OPENAI_API_VERSION', 'AZURE_OPENAI_APIVERSION')),
    models_api_version: lowerCase(firstSet(env, 'AZURE_OPENAI_MODELS_APIVERSION')),
    // The Go proxy's example names a version that Azure itself always refused; whoever copied it gets v1, which works.
    responses_api_version: refused ? undefined : lowerCase(responses),
    anthropic_version: firstSet(env, 'ANTHROPIC_APIVERSION'),
  }
}

function isRefusedByAzure(version: string | undefined, endpoint: string): boolean {
  return version !== undefined && !offersResponses(version) && /\.azure\.(?:com|us|cn)(?=[:/?#]|$)/i.test(endpoint)
}

/**
 * `model=deployment,…`: decides before every other rule. The deployments are those of the main resource, unless a model
 * has a place of its own.
 */
function addMapper(env: Environment, settings: VariableSettings): void {
  const variable = 'AZURE_OPENAI_MODEL_MAPPER'
  const elsewhere = new Set(
    [ENDPOINT_MAP, SERVERLESS].flatMap((name) =>
      (env[name] ?? '').split(',').map((entry) => entry.split('=')[0]!.trim().toLowerCase()),
    ),
  )
  const main = firstSet(env, 'AZURE_OPENAI_ENDPOINT') === undefined ? [] : [MAIN]
  for (const { model, rest } of pairs(env, variable, 'model=deployment', settings)) {
    const instances = elsewhere.has(model.toLowerCase()) ? [] : main
    settings.addRule({ model, deployment: rest, instances }, variable)
  }
}

/** `model=endpoint:key,…`: models that are on another resource; without a key that of the main resource counts. */
function addEndpointMap(env: Environment, settings: VariableSettings): void {
  const variable = ENDPOINT_MAP
  for (const { model, rest } of pairs(env, variable, 'model=endpoint:key', settings)) {
    const { endpoint, key } = splitEndpoint(rest)
    addForModel(`endpoint ${model}`, model, variable, settings, {
      provider_type: { value: 'azure', variable },
      api_base: { value: endpoint, variable },
      api_key: key === undefined ? firstSet(env, ...KEY_NAMES) : { value: key, variable },
      ...versions(env, endpoint, settings),
      supported_models: { value: [model], variable },
    })
  }
}

/** The key stands behind the last colon that is neither the scheme's nor a port's. */
function splitEndpoint(text: string): { endpoint: string; key: string | undefined } {
  const match = /^((?:https?:\/\/)?(?:\[[^\]]*\]|[^:/]*)(?::\d{1,5}(?=[:/]|$))?(?:\/[^:]*)?)(?::(.+))?$/i.exec(text)
  const endpoint = match?.[1] ?? text
  return { endpoint: /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`, key: match?.[2] }
}

/** `model=Name:Region,…`: serverless endpoints, with a key of their own each. */
function addServerless(env: Environment, settings: VariableSettings): void {
  const variable = SERVERLESS
  for (const { model, rest } of pairs(env, variable, 'model=Name:Region', settings)) {
    const [name, region, ...more] = rest.split(':').map((part) => part.trim())
    if (!isHostLabel(name) || !isHostLabel(region) || more.length > 0) {
      settings.refuse(variable, `has an entry for ${model} that is not of the form model=Name:Region`)
      continue
    }
    const upper = model.toUpperCase()
    addForModel(`serverless ${model}`, model, variable, settings, {
      provider_type: { value: 'generic', variable },
      api_base: { value: `https://${name}.${region}.models.ai.azure.com`, variable },
      // A shell takes no dash or dot in a variable's name.
      api_key: firstSet(env, `AZURE_OPENAI_KEY_${upper}`, `AZURE_OPENAI_KEY_${upper.replace(/[^A-Z0-9]/g, '_')}`),
      supported_models: { value: [model], variable },
    })
  }
}

/** An instance for one model, and the rule that leads there whatever else takes the name. */
function addForModel(
  title: string,
  model: string,
  variable: string,
  settings: VariableSettings,
  fields: Record<string, FromVariable | undefined>,
): void {
  const name = title.replace(/[^A-Za-z0-9 ._-]/g, '-').slice(0, 64)
  settings.addInstance(name, fields)
  settings.addRule({ model, instances: [name] }, variable)
}

function pairs(
  env: Environment,
  variable: string,
  form: string,
  settings: VariableSettings,
): { model: string; rest: string }[] {
  const entries = (textOf(firstSet(env, variable)) ?? '').split(',').map((entry) => entry.trim())
  return entries.flatMap((entry, index) => {
    if (entry === '') return []
    const mark = entry.indexOf('=')
    const model = entry.slice(0, Math.max(mark, 0)).trim()
    const rest = entry.slice(mark + 1).trim()
    if (model !== '' && rest !== '' && model.length <= 256 && rest.length <= 2048) return [{ model, rest }]
    // The entry itself may hold a key, so only its place is told.
    settings.refuse(variable, `has an entry that is not of the form ${form} (number ${index + 1})`)
    return []
  })
}

function isHostLabel(text: string | undefined): boolean {
  return text !== undefined && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(text)
}

function lowerCase(found: FromVariable | undefined): FromVariable | undefined {
  return typeof found?.value === 'string' ? { ...found, value: found.value.toLowerCase() } : found
}
