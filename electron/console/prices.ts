import type { ListPrice, PricesView } from '../../shared/spending.ts'
import type { PriceRow } from '../core/models/price-rows.ts'
import { pricesOf } from '../core/models/prices.ts'
import { listModels } from '../routing/list-models.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { refuseFixed } from './fixed-setting.ts'

export const prices = {
  list: os.prices.list.handler(({ context }) => view(context)),
  save: os.prices.save.handler(async ({ context, input }) => {
    refuseFixed('The prices are', sourceOf(context))
    await context.configuration.changeSettings((settings) => ({ ...settings, prices: input.prices }))
    return view(context)
  }),
}

function view(context: ConsoleContext): PricesView {
  const configuration = context.configuration.current()
  const served = listModels(configuration).filter(({ simulated }) => !simulated)
  const models = [...new Set(served.map(({ baseModel }) => baseModel))].toSorted()
  const deployments = served.map(({ instance, deployment }) => `${instance}/${deployment}`)
  return {
    own: configuration.config.prices ?? {},
    source: sourceOf(context),
    listed: models.flatMap((model) => pricesOf(model, context.now()).map((row) => listPrice(model, row))),
    names: [...new Set([...models, ...deployments])],
  }
}

function listPrice(model: string, row: PriceRow): ListPrice {
  const { above, input, cached, cacheWrite5m, output, asOf, source } = row
  return {
    model,
    input,
    asOf,
    source,
    ...(above === undefined ? {} : { above }),
    ...(cached === undefined ? {} : { cached }),
    ...(cacheWrite5m === undefined ? {} : { cacheWrite: cacheWrite5m }),
    ...(output === undefined ? {} : { output }),
  }
}

/** Prices are one value by one: they are those of whoever sets any. */
function sourceOf({ configuration }: ConsoleContext): PricesView['source'] {
  const { sources } = configuration.current()
  const found = [...sources].flatMap(([path, source]) => (path.startsWith('prices.') ? [source] : []))
  return found.find((source) => source !== 'settings') ?? found[0] ?? 'default'
}
