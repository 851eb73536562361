/** Budgets that cannot hold what they promise, and local keys that keep nobody out: a sentence each. */
import { priceOf } from '../core/models/prices.ts'
import { normaliseModelName } from '../core/models/profiles.ts'
import type { Configuration } from './configuration.ts'

const SHOWN = 5

/** What is spent without a known price cannot be counted; that is worth a word before the bill comes. */
export function warningsOfBudgets(configuration: Configuration): string[] {
  const { budgets, server } = configuration.config
  const limited = server.keys.filter(({ daily, monthly }) => daily !== undefined || monthly !== undefined)
  const unpriced = budgets.length + limited.length === 0 ? [] : unpricedOf(configuration)
  const found: string[] = []
  for (const { scope } of budgets) {
    const key = /^key:\s*(.+)$/i.exec(scope)?.[1]?.toLowerCase()
    if (key !== undefined && !server.keys.some(({ name }) => name.toLowerCase() === key)) {
      found.push(`A budget names the local key ${key}, which does not exist.`)
    }
  }
  if (unpriced.length > 0) {
    const some = unpriced.slice(0, SHOWN).join(', ')
    const more = unpriced.length > SHOWN ? ` and ${unpriced.length - SHOWN} more` : ''
    found.push(
      `Budgets do not count what ${some}${more} cost: no price is known. Set one under prices, by deployment or model.`,
    )
  }
  if (server.keys.length > 0 && configuration.auth === 'open') {
    found.push(
      'There are local keys, but the server is open: calls without a key are served, too. Set server.token or server.auth: token.',
    )
  }
  return found
}

/** Deployments whose model has neither a list price nor one of the user's own. */
function unpricedOf({ config, instances }: Configuration): string[] {
  const own = new Set(Object.keys(config.prices ?? {}).map((name) => name.trim().toLowerCase()))
  const isPriced = (instance: string, deployment: string, model: string): boolean =>
    priceOf(model, Number.MAX_SAFE_INTEGER, 0) !== undefined ||
    [`${instance}/${deployment}`, deployment, model, normaliseModelName(model)].some((name) =>
      own.has(name.toLowerCase()),
    )
  return instances.flatMap(({ name, provider_type: provider, enabled, model_deployments: map, base_models: bases }) => {
    if (!enabled || provider === 'simulator' || provider === 'recording') return []
    const deployments = new Map(Object.entries(map).map(([model, deployment]) => [deployment, model]))
    return [...deployments].flatMap(([deployment, model]) =>
      isPriced(name, deployment, bases[deployment] ?? model) ? [] : [`${name}/${deployment}`],
    )
  })
}
