import type { BudgetsView } from '../../shared/spending.ts'
import { refuseFixed } from './fixed-setting.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'

export const budgets = {
  list: os.budgets.list.handler(({ context }) => view(context)),
  save: os.budgets.save.handler(async ({ context, input }) => {
    refuseFixed('The budgets are', view(context).source)
    await context.configuration.changeSettings((settings) => ({ ...settings, budgets: input.budgets }))
    return view(context)
  }),
}

function view({ configuration, budgets: limits }: ConsoleContext): BudgetsView {
  return {
    budgets: limits.views(),
    source: configuration.current().sources.get('budgets') ?? 'default',
    unpriced: limits.spending.unpriced(),
  }
}
