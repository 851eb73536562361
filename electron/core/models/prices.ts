/** What tokens cost. A model of which no price is known is unpriced: `undefined`, never 0. */
import type { OwnPrice, OwnPrices } from '../../../shared/config.ts'
import type { Cost, Usage } from '../../../shared/exchange.ts'
import { type Price, type PriceRow, priceRows } from './price-rows.ts'
import { normaliseModelName } from './profiles.ts'

/** Which model answered, as far as it is known. */
export interface PricedModel {
  /** Model of the deployment; a deployment's own name where nothing else is known. */
  baseModel: string
  instance?: string | undefined
  deployment?: string | undefined
  /** The model that the answer names. It counts for a router, and where the base model has no price. */
  answered?: string | undefined
}

const perMillion = 1_000_000

/** Spelling by which names are compared: `claude-opus-4.5` is `claude-opus-4-5`. */
const spelling = (name: string): string => normaliseModelName(name).toLowerCase().replaceAll('.', '-')

const rowsByModel: ReadonlyMap<string, readonly PriceRow[]> = indexOf(priceRows)

function indexOf(rows: readonly PriceRow[]): Map<string, PriceRow[]> {
  const index = new Map<string, PriceRow[]>()
  for (const row of rows) {
    for (const name of row.models) index.set(spelling(name), [...(index.get(spelling(name)) ?? []), row])
  }
  return index
}

/**
 * The list price of a model, or what it adds to another's (`adds`).
 *
 * @param model base model, in any spelling: vendor, date and window mark do not matter
 * @param atMs milliseconds since the epoch
 * @param inputTokens the whole prompt, cached or not: long ones may cost more
 */
export function priceOf(model: string, atMs: number, inputTokens: number): PriceRow | undefined {
  return pricesOf(model, atMs).findLast(({ above = -1 }) => inputTokens > above)
}

/** All prices of a model at a time, that for the shortest prompts first; empty when none is known. */
export function pricesOf(model: string, atMs: number): PriceRow[] {
  const begun = (rowsByModel.get(spelling(model)) ?? []).filter(({ from }) => beginOf(from) <= atMs)
  const latest = Math.max(...begun.map(({ from }) => beginOf(from)))
  return begun
    .filter(({ from }) => beginOf(from) === latest)
    .toSorted((one, other) => (one.above ?? -1) - (other.above ?? -1))
}

function beginOf(day: string | undefined): number {
  return day === undefined ? -Infinity : Date.parse(day)
}

interface Own {
  /** The key as the user wrote it. */
  name: string
  figures: Partial<Price>
}

/** The user's figures for the first of these names that has some. */
function ownPriceOf(own: OwnPrices, names: readonly (string | undefined)[]): Own | undefined {
  const exact = (name: string): string => name.trim().toLowerCase()
  for (const wanted of names) {
    if (wanted === undefined) continue
    for (const same of [exact, spelling]) {
      const found = Object.entries(own).find(([name]) => same(name) === same(wanted))
      if (found !== undefined) return { name: found[0], figures: figuresOf(found[1]) }
    }
  }
  return undefined
}

function figuresOf(own: OwnPrice): Partial<Price> {
  const { input, cached, cache_write: write, cache_write_1h: writeHour = write, output } = own
  const figures = { input, cached, cacheWrite5m: write, cacheWrite1h: writeHour, output }
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined))
}

/**
 * What an exchange cost, with its parts and the price that was taken. Undefined: unpriced, because no price is known or
 * the counts that it needs are not. The user's figures replace those of the list one by one.
 *
 * @param atMs when the exchange began, in milliseconds since the epoch
 * @param own the user's prices, by `instance/deployment`, deployment or model
 */
export function priced(usage: Usage, asked: PricedModel, atMs: number, own: OwnPrices = {}): Cost | undefined {
  const { input, output } = usage
  const { baseModel, instance, deployment, answered = '' } = asked
  if (input === undefined) return undefined
  const row = priceOf(baseModel, atMs, input)
  const router = row?.adds === true ? row : undefined
  const model = row === undefined || router !== undefined ? answered : baseModel
  const found = model === baseModel ? row : priceOf(model, atMs, input)
  const listed = found?.adds === true ? undefined : found
  const place = instance === undefined || deployment === undefined ? undefined : `${instance}/${deployment}`
  const ownHere = ownPriceOf(own, [place, deployment, baseModel])
  const mine = ownHere ?? ownPriceOf(own, [model])
  const price: Partial<Price> = { ...listed, ...mine?.figures }

  // A model without a price for output has none that is paid; one with a price must tell how much there was.
  const made = output ?? (price.output === undefined ? 0 : undefined)
  const perOutput = price.output ?? (made === 0 ? 0 : undefined)
  if (price.input === undefined || made === undefined || perOutput === undefined) return undefined
  const cached = usage.cached ?? 0
  const write = usage.cacheWrite ?? 0
  const writeHour = Math.min(write, usage.cacheWrite1h ?? 0)
  const perWrite = price.cacheWrite5m ?? price.input
  // An input price that the user has set for the router is all that its input costs.
  const fee = ownHere?.figures.input === undefined ? (router?.input ?? 0) : 0
  const parts = {
    input: usd(Math.max(0, input - cached - write), price.input),
    cached: usd(cached, price.cached ?? price.input),
    cacheWrite: usd(write - writeHour, perWrite) + usd(writeHour, price.cacheWrite1h ?? perWrite),
    output: usd(made, perOutput),
    fee: usd(input, fee),
  }
  return {
    total: Object.values(parts).reduce((sum, part) => sum + part, 0),
    ...parts,
    ...(mine === undefined && listed !== undefined
      ? { model: normaliseModelName(model), asOf: listed.asOf, source: listed.source }
      : { model: mine?.name ?? model, source: 'configuration' }),
  }
}

const usd = (tokens: number, price: number): number => (tokens * price) / perMillion
