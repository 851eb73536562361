import { os } from './context.ts'

export const accounting = {
  today: os.accounting.today.handler(({ context }) => context.budgets.spending.spent({}, 'day')),
  sums: os.accounting.sums.handler(async ({ context, input }) => ({
    rows: await context.traffic.sums(input),
    today: context.budgets.spending.today(),
  })),
}
