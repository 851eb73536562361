/** Recorded exchanges as an upstream: a bundle in the data folder, and an instance that plays it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance, Rule } from '../../shared/config.ts'
import type { ServedMock } from '../../shared/exchange-files.ts'
import { LazuliError } from '../core/error.ts'
import { recordingsOf } from '../proxy/upstreams/recording/recordings-of.ts'
import type { ConsoleContext } from './context.ts'
import { namedInstance } from './instance-draft.ts'
import { bundleOf, chosenExchanges } from './traffic-files.ts'

const FOLDER = 'recordings'
/** Asked before all that say nothing of their priority. */
const FIRST = 0
const MOST_NAMES = 1000

/**
 * Its names lead to it as long as it is there: it comes first by its priority, and a rule is added only where another
 * would decide. The file stays when the instance is removed.
 *
 * @throws LazuliError 409 for a name that is taken, 400 when nothing of it can be played, 500 when it cannot be written
 */
export async function serveAsMock(
  context: ConsoleContext,
  { ids, name, match, speed }: { ids: readonly string[] } & Pick<Instance, 'name' | 'match' | 'speed'>,
): Promise<ServedMock> {
  if (namedInstance(context.configuration.current(), name) !== undefined) throw taken(name)
  const playable = recordingsOf(await chosenExchanges(context, ids)).map(({ exchange }) => exchange)
  const models = [...new Set(playable.flatMap(({ detail }) => detail.summary.askedModel ?? []))]
  if (models.length === 0) throw nothingToPlay(ids.length)
  const file = writeNew(context.info.dataDir, name, bundleOf(context, playable))
  await context.configuration.changeSettings((settings) => ({
    ...settings,
    instances: [
      ...listOf(settings['instances']),
      // Named here, too: without its file it is to say so, and not to leave its names to an instance that costs money.
      {
        name,
        provider_type: 'recording',
        recording: file,
        priority: FIRST,
        supported_models: models,
        matching: 'flexible',
        ...(match === undefined ? {} : { match }),
        ...(speed === undefined ? {} : { speed }),
      },
    ],
  }))
  const elsewhere = await leadingElsewhere(context, models, name)
  const { sources } = context.configuration.current()
  const mayAddRules = ['settings', 'default'].includes(sources.get('models') ?? 'default')
  if (elsewhere.length > 0 && mayAddRules) {
    const rules = elsewhere.map((model): Partial<Rule> => ({ model, instances: [name] }))
    await context.configuration.changeSettings((settings) => ({
      ...settings,
      models: [...rules, ...listOf(settings['models'])],
    }))
  }
  const others = mayAddRules ? [] : elsewhere
  return {
    instance: name,
    file,
    models: models.filter((model) => !others.includes(model)),
    exchanges: playable.length,
  }
}

/** Without the rules that led to nothing but this recording. */
export function withoutItsRules(settings: Record<string, unknown>, name: string): Record<string, unknown> {
  const rules = listOf(settings['models']) as Partial<Rule>[]
  const isOfIt = ({ instances = [] }: Partial<Rule>): boolean =>
    instances.length === 1 && instances[0]?.toLowerCase() === name.toLowerCase()
  return rules.some(isOfIt) ? { ...settings, models: rules.filter((rule) => !isOfIt(rule)) } : settings
}

async function leadingElsewhere(context: ConsoleContext, models: readonly string[], name: string): Promise<string[]> {
  const found: string[] = []
  for (const model of models) {
    const { target } = await context.explain(model, 'chat')
    if (target?.instance !== name) found.push(model)
  }
  return found
}

/** Under a name that no file has: one of an instance that was removed may still be wanted. */
function writeNew(folder: string, name: string, text: string): string {
  const recordings = join(folder, FOLDER)
  try {
    mkdirSync(recordings, { recursive: true, mode: 0o700 })
    for (let at = 1; at <= MOST_NAMES; at++) {
      const file = join(recordings, `${name}${at === 1 ? '' : `-${at}`}.jsonl`)
      try {
        writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
        return file
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
    throw new Error('too many recordings have that name')
  } catch (cause) {
    throw new LazuliError({
      code: 'recording_unwritable',
      status: 500,
      message: `The recording could not be written to ${recordings}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Make the data folder writable.',
      cause,
    })
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

function taken(name: string): LazuliError {
  return new LazuliError({
    code: 'instance_exists',
    status: 409,
    message: `There is an instance called ${name} already.`,
    fix: 'Choose another name.',
  })
}

function nothingToPlay(count: number): LazuliError {
  return new LazuliError({
    code: 'nothing_to_play',
    status: 400,
    message: count === 1 ? 'This exchange cannot be played again.' : 'None of these exchanges can be played again.',
    fix: 'Choose conversations (Chat, Responses, Messages) that reached an upstream and whose bodies were kept (journal.bodies).',
  })
}
