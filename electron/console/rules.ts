import type { Rule } from '../../shared/config.ts'
import type { ImportPreview, RulesView } from '../../shared/mapping.ts'
import { environmentOf } from '../config/environment.ts'
import { exportYaml } from '../config/export-yaml.ts'
import { readImport, type ImportedMapping } from '../config/import-mapping.ts'
import { LazuliError } from '../core/error.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { namedInstance } from './instance-draft.ts'
import { instanceViews, withoutSecrets } from './instance-view.ts'
import { takeInstances } from './take-instances.ts'

export const rules = {
  list: os.rules.list.handler(({ context }) => view(context)),
  save: os.rules.save.handler(async ({ context, input }) => {
    refuseFixed(context)
    await context.configuration.changeSettings((settings) => ({ ...settings, models: input.rules }))
    return view(context)
  }),
  readImport: os.rules.readImport.handler(({ context, input }) => preview(context, read(context, input.text))),
  import: os.rules.import.handler(async ({ context, input }) => {
    const found = read(context, input.text)
    const chosen = found.instances.filter(({ instance }) => input.instances.includes(instance.name))
    const added = input.rules.flatMap((at): Rule[] => found.rules.slice(at, at + 1))
    if (added.length > 0) refuseFixed(context)
    await takeInstances(context, chosen, (settings) =>
      added.length === 0 ? settings : { ...settings, models: [...added, ...listOf(settings['models'])] },
    )
    return { rules: view(context), instances: instanceViews(context) }
  }),
  export: os.rules.export.handler(({ context }) => exportYaml(context.configuration.current())),
}

function view(context: ConsoleContext): RulesView {
  const { config, sources } = context.configuration.current()
  const source = sources.get('models') ?? 'default'
  const where = placeOf(context, source)
  return { rules: config.models, source, ...(where === undefined ? {} : { where }) }
}

/** Variables that make rules of their own. */
const RULE_VARIABLES =
  /^(?:LAZULI_MODELS|AZURE_OPENAI_MODEL_MAPPER|AZURE_OPENAI_ENDPOINT_MAP|AZURE_AI_STUDIO_DEPLOYMENTS)$/

function placeOf({ configuration }: ConsoleContext, source: RulesView['source']): string | undefined {
  if (source === 'file') return configuration.files.join(', ')
  if (source !== 'environment') return undefined
  return configuration.reading.variables.filter((name) => RULE_VARIABLES.test(name)).join(', ')
}

function refuseFixed(context: ConsoleContext): void {
  const { source, where } = view(context)
  if (source === 'settings' || source === 'default') return
  throw new LazuliError({
    code: 'setting_fixed',
    status: 409,
    message: `The mapping is set by the ${source === 'file' ? 'configuration file' : source}.`,
    fix: `Change it there${where === undefined ? '' : ` (${where})`}; rules that are made here would never be read.`,
  })
}

function read({ configuration }: ConsoleContext, text: string): ImportedMapping {
  const { cwd, env } = configuration.origin
  return readImport(text, environmentOf(cwd, env))
}

function preview(context: ConsoleContext, found: ImportedMapping): ImportPreview {
  const current = context.configuration.current()
  return {
    ...found,
    instances: found.instances.map(({ instance, key }) => {
      const { api_key: _key, key_ref: _ref, ...plain } = instance
      const before = namedInstance(current, instance.name)
      const isOpen = before === undefined || before.source === 'default'
      return {
        instance: withoutSecrets(plain),
        key,
        replaces: isOpen ? 'no' : before.source === 'settings' ? 'yes' : 'fixed',
      }
    }),
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}
