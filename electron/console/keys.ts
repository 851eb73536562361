import type { LocalKey } from '../../shared/config.ts'
import type { LocalKeyView, SumRow } from '../../shared/spending.ts'
import type { NamedKey } from '../config/configuration.ts'
import { digestOf, NAMED_KEY_PREFIX } from '../config/named-keys.ts'
import { isRecord } from '../config/schema-walk.ts'
import { localDay } from '../core/accounting.ts'
import { LazuliError } from '../core/error.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { refuseFixed } from './fixed-setting.ts'

export const keys = {
  list: os.keys.list.handler(async ({ context }) => ({
    keys: await views(context),
    auth: context.configuration.current().auth,
  })),
  create: os.keys.create.handler(async ({ context, input }) => {
    if (find(context, input.name) !== undefined) throw taken(input.name)
    const key = `${NAMED_KEY_PREFIX}${context.newSecret()}`
    const made: LocalKey = {
      ...input,
      hash: digestOf(key).toString('hex'),
      created: new Date(context.now()).toISOString(),
    }
    await change(context, (stored) => [...stored, made])
    return { key, keys: await views(context) }
  }),
  revoke: os.keys.revoke.handler(async ({ context, input }) => {
    const found = find(context, input.name)
    if (found === undefined) throw unknown(input.name)
    refuseFixed(`The local key ${found.name} is`, found.source)
    await change(context, (stored) => stored.filter((one) => !isNamed(one, input.name)))
    return { keys: await views(context) }
  }),
}

/** Changes the keys of the settings file; those of other sources are not there. */
async function change(context: ConsoleContext, edit: (stored: unknown[]) => unknown[]): Promise<void> {
  await context.configuration.changeSettings((settings) => {
    const server = isRecord(settings['server']) ? settings['server'] : {}
    const stored: unknown[] = Array.isArray(server['keys']) ? server['keys'] : []
    return { ...settings, server: { ...server, keys: edit(stored) } }
  })
}

async function views(context: ConsoleContext): Promise<LocalKeyView[]> {
  const used = await lastUses(context)
  return context.configuration.current().config.server.keys.map((key) => viewOf(context, key, used))
}

function viewOf(context: ConsoleContext, key: LocalKey, used: ReadonlyMap<string, number>): LocalKeyView {
  const { key: _key, hash: _hash, ...shown } = key
  const { source, expiresAt } = find(context, shown.name)!
  const { spending } = context.budgets
  const lastUsed = used.get(shown.name.toLowerCase())
  return {
    ...shown,
    source,
    expired: expiresAt !== undefined && context.now() >= expiresAt,
    ...(lastUsed === undefined ? {} : { lastUsed }),
    today: spending.spent({ key: shown.name }, 'day'),
    month: spending.spent({ key: shown.name }, 'month'),
  }
}

/** When each key was used last. A store that cannot be read does not keep the keys from being shown. */
async function lastUses(context: ConsoleContext): Promise<Map<string, number>> {
  const rows = await context.traffic
    .sums({ from: '1970-01-01', to: localDay(context.now()), by: ['key'] })
    .catch((): SumRow[] => [])
  return new Map(rows.map(({ key = '', sums }) => [key.toLowerCase(), sums.last]))
}

function find({ configuration }: ConsoleContext, name: string): NamedKey | undefined {
  return configuration.current().keys.find((one) => isNamed(one, name))
}

function isNamed(one: unknown, name: string): boolean {
  return isRecord(one) && typeof one['name'] === 'string' && one['name'].toLowerCase() === name.toLowerCase()
}

function taken(name: string): LazuliError {
  return new LazuliError({
    code: 'key_exists',
    status: 409,
    message: `There is a local key named ${name} already.`,
    fix: 'Choose another name, or revoke that one first.',
  })
}

function unknown(name: string): LazuliError {
  return new LazuliError({
    code: 'key_unknown',
    status: 404,
    message: `There is no local key named ${name} (any more).`,
    fix: 'Reload the list.',
  })
}
