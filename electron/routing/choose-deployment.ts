import type { Rule } from '../../shared/config.ts'
import type { Step } from '../../shared/exchange.ts'
import type { ConfiguredInstance } from '../config/configuration.ts'
import { normaliseModelName, profileOf } from '../core/models/profiles.ts'
import { readingsFor } from './choose-instance.ts'
import { azureSpelling } from './model-aliases.ts'
import type { NameReading } from './read-name.ts'

interface Chosen {
  value: string
  step: Step
}

/** The deployment on an instance: the rule's, else the one mapped to the name there, else the name itself. */
export function chooseDeployment(
  instance: ConfiguredInstance,
  reading: NameReading,
  rule: { rule: Rule; index: number } | undefined,
): Chosen & { isMapped: boolean } {
  const written = rule?.rule.deployment
  if (written !== undefined) return { ...deployment(written, `Written in rule ${rule!.index + 1}`), isMapped: true }
  for (const stage of readingsFor(instance, reading)) {
    const mapped = valueOf(instance.model_deployments, stage)
    if (mapped !== undefined) return { ...deployment(mapped, `${instance.name} maps ${stage} to it`), isMapped: true }
    const listed = instance.supported_models?.find((name) => name.toLowerCase() === stage)
    if (listed !== undefined) return { ...deployment(listed, 'Same as the model'), isMapped: false }
  }
  return { ...deployment(ownName(instance, reading), 'Same as the model'), isMapped: false }
}

/** The model behind a deployment, as far as configuration or names tell. */
export function chooseBaseModel(
  instance: ConfiguredInstance,
  deploymentName: string,
  reading: NameReading,
  rule: { rule: Rule; index: number } | undefined,
): Chosen {
  const written = rule?.rule.base_model
  if (written !== undefined) return base(written, `Written in rule ${rule!.index + 1}`)
  const configured = valueOf(instance.base_models, deploymentName.toLowerCase())
  if (configured !== undefined) return base(configured, `${instance.name} says so of the deployment`)
  const recorded = recordedBase(instance, deploymentName)
  if (recorded !== undefined) return base(recorded, 'It was when this was recorded')
  const fromDeployment = familyName(deploymentName)
  if (fromDeployment !== undefined) return base(fromDeployment, 'Read from the deployment’s name')
  const fromName = familyName(reading.asked)
  if (fromName !== undefined) return base(fromName, 'Read from the name that was asked for')
  return {
    value: deploymentName,
    step: {
      verdict: 'warn',
      text: `Base model of ${deploymentName} is not known`,
      why: 'The request is passed on as it is; set base_models if the deployment has a name of its own',
    },
  }
}

/** Vendors and OpenAI-compatible servers know names that Azure would not; only Azure's are put into Azure's form. */
function ownName(instance: ConfiguredInstance, reading: NameReading): string {
  switch (instance.provider_type) {
    case 'azure':
    case 'simulator':
    case 'recording':
      return reading.name
    case 'openai':
    case 'anthropic': {
      const prefix = `${instance.provider_type}/`
      const asked = reading.asked.trim()
      const bare = asked.toLowerCase().startsWith(prefix) ? asked.slice(prefix.length) : asked
      return bare.replace(/\[1m\]$/i, '')
    }
    case 'generic':
      return reading.asked.trim()
    case 'azure-gateway':
      // Its deployments are called as the models are, dates and all.
      return reading.asked
        .trim()
        .replace(/^azure\//i, '')
        .replace(/\[1m\]$/i, '')
    default:
      return instance.provider_type satisfies never
  }
}

function recordedBase({ recorded }: ConfiguredInstance, name: string): string | undefined {
  if (recorded === undefined || 'problem' in recorded) return undefined
  return [...recorded.models].find(([model]) => model.toLowerCase() === name.toLowerCase())?.[1]
}

function familyName(name: string): string | undefined {
  const bare = azureSpelling(normaliseModelName(name).toLowerCase())
  return profileOf(bare).family === 'unknown' ? undefined : bare
}

function valueOf(record: Readonly<Record<string, string>>, lowerCaseKey: string): string | undefined {
  return Object.entries(record).find(([key]) => key.toLowerCase() === lowerCaseKey)?.[1]
}

function deployment(value: string, why: string): Chosen {
  return { value, step: { verdict: 'ok', text: `Deployment ${value}`, why } }
}

function base(value: string, why: string): Chosen {
  return { value, step: { verdict: 'ok', text: `Base model ${value}`, why } }
}
