/** `lazuli check`: is the configuration valid, and what was understood of it? */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '../../shared/config.ts'
import type { ConfigurationService } from '../config/configuration-service.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import { maskedAddress } from '../config/shown-configuration.ts'
import { warningsOf } from '../config/warnings.ts'
import { understandAddress } from '../core/azure-address.ts'
import { responsesVersion } from '../core/api-versions.ts'
import { gatewayUrl } from '../proxy/upstreams/azure-gateway.ts'
import { openConfiguration, type CommandContext } from './open-configuration.ts'

/** @throws ConfigError with file and line of each mistake, LazuliError for what would keep `lazuli serve` from starting */
export async function runCheck(context: CommandContext): Promise<void> {
  const service = await openConfiguration(context)
  const configuration = service.current()
  const { reading } = service
  const sections: [string, string[]][] = [
    ['Sources, later ones win', sourcesOf(service, context)],
    ['Serves', servingOf(configuration)],
    ['Instances', configuration.instances.flatMap(instanceLines)],
    ['Mapping, the first match decides', configuration.config.models.map(ruleLine)],
    ['Read, but without effect in this version', [...reading.withoutEffect]],
    ['Warnings', [...reading.notes, ...warningsOf(configuration)]],
  ]
  const blocks = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`)
  context.write(`${blocks.join('\n')}\nThe configuration is valid.\n`)
}

function sourcesOf(service: ConfigurationService, { sources, dataFolder }: CommandContext): string[] {
  const settings = join(dataFolder, 'config.json')
  const dotEnv = join(sources.cwd, '.env')
  const { files, variables } = service.reading
  const flags = Object.entries(sources.flags).flatMap(([group, keys]) =>
    Object.keys(keys as object).map((key) => `${group}.${key}`),
  )
  return [
    ...(existsSync(settings) ? [`settings     ${settings}`] : []),
    ...files.map((file) => `file         ${file}`),
    ...(variables.length === 0
      ? []
      : [`environment  ${variables.join(', ')}${existsSync(dotEnv) ? ` (also from ${dotEnv})` : ''}`]),
    ...(flags.length === 0 ? [] : [`flags        ${flags.join(', ')}`]),
  ]
}

function servingOf({ config, auth, instances }: Configuration): string[] {
  const { host, port, admin_token: admin } = config.server
  const who =
    auth === 'token' ? 'callers must send the local key' : 'open: every program that reaches this address may call'
  return [
    `${host.includes(':') ? `[${host}]` : host}:${port}, ${who}`,
    ...(admin === undefined ? [] : ['/config opens with the admin token']),
    ...(instances.some(({ source }) => source !== 'default')
      ? []
      : ['Nothing is configured: the built-in simulator answers']),
  ]
}

function instanceLines(instance: ConfiguredInstance): string[] {
  const { name, provider_type: provider, enabled, priority, source } = instance
  const state = enabled ? '' : ' · switched off'
  const models = instance.supported_models ?? []
  const deployments = Object.entries(instance.model_deployments)
  return [
    `${name} · ${provider} · from ${source === 'default' ? 'the program itself' : source}${state}`,
    `  address   ${addressOf(instance)}`,
    `  key       ${keyOf(instance)}`,
    ...(instance.proxy_url === undefined ? [] : [`  proxy     ${maskedAddress(instance.proxy_url)}`]),
    ...(instance.ca_file === undefined ? [] : [`  trusts    ${instance.ca_file}`]),
    `  priority  ${priority}`,
    `  models    ${models.length === 0 ? 'any name' : models.join(', ')}`,
    ...(deployments.length === 0
      ? []
      : [`  deployed  ${deployments.map(([model, deployment]) => `${model} → ${deployment}`).join(', ')}`]),
  ]
}

function addressOf(instance: ConfiguredInstance): string {
  if (instance.provider_type === 'simulator') return 'built in'
  if (instance.provider_type === 'recording') return instance.recorded?.path ?? ''
  if (instance.api_base === undefined) return `the vendor’s own`
  if (instance.provider_type === 'azure-gateway') return maskedAddress(gatewayAddress(instance))
  const address = understandAddress(instance.api_base)
  const base = maskedAddress(address.origin + (instance.provider_type === 'azure' ? address.prefix : address.base))
  if (instance.provider_type !== 'azure') return base
  const responses = responsesVersion(instance)
  return `${base} · api-version ${instance.api_version}${responses === instance.api_version ? '' : `, Responses ${responses}`}`
}

function gatewayAddress(instance: ConfiguredInstance): string {
  return gatewayUrl(instance, new URL(instance.api_base!).origin, 'MODEL', '/responses').href
}

/** Whether there is one and where it is; never the key itself. */
function keyOf(instance: ConfiguredInstance): string {
  const { credential, provider_type: provider } = instance
  switch (credential.type) {
    case 'key':
      return credential.from === 'keychain' ? 'in the keychain' : 'configured'
    case 'entra':
      return `identity token, ${(instance.entra?.credential ?? 'default').replace('_', ' ')}${instance.scope === undefined ? '' : `, for ${instance.scope}`}`
    case 'passthrough':
      return provider === 'simulator' || provider === 'recording' ? 'needs none' : 'none: each caller’s own goes on'
    case 'unreadable':
      return `cannot be read: ${credential.error.message}`
  }
}

function ruleLine(rule: Rule, index: number): string {
  const parts = [
    ...(rule.deployment === undefined ? [] : [`deployment ${rule.deployment}`]),
    ...(rule.instances.length === 0 ? [] : [`on ${rule.instances.join(', ')}`]),
    ...(rule.api === 'auto' ? [] : [`through ${rule.api}`]),
    ...(rule.base_model === undefined ? [] : [`which is ${rule.base_model}`]),
  ]
  return `${index + 1}  ${rule.model} → ${parts.length === 0 ? 'itself' : parts.join(' ')}`
}
