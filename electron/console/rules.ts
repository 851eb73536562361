import type { Rule, Source } from '../../shared/config.ts'
import { LazuliError } from '../core/error.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'

export const rules = {
  list: os.rules.list.handler(({ context }) => view(context)),
  save: os.rules.save.handler(async ({ context, input }) => {
    const { source } = view(context)
    if (source !== 'settings' && source !== 'default')
      throw new LazuliError({
        code: 'setting_fixed',
        status: 409,
        message: `The mapping is set by the ${source === 'file' ? 'configuration file' : source}.`,
        fix: 'Change it there; rules that are made here would never be read.',
      })
    await context.configuration.changeSettings((settings) => ({ ...settings, models: input.rules }))
    return view(context)
  }),
}

function view(context: ConsoleContext): { rules: Rule[]; source: Source } {
  const { config, sources } = context.configuration.current()
  return { rules: config.models, source: sources.get('models') ?? 'default' }
}
