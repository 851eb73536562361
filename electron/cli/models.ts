/** `lazuli models`: the names that can be asked for, or where one leads and why. */
import { DialectId, type Decision, type Step } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import { createDecide } from '../proxy/decide.ts'
import { azureTokens } from '../proxy/identity/azure-identity.ts'
import { createAddressing } from '../proxy/upstreams/address.ts'
import { listModels } from '../routing/list-models.ts'
import { askRunning, type RunningDecision } from './ask-running.ts'
import { openConfiguration, type CommandContext } from './open-configuration.ts'

export interface ModelsQuestion {
  /** Absent: all names. */
  name?: string | undefined
  /** The API that the caller speaks. */
  dialect?: string | undefined
}

const MARKS: Record<Step['verdict'], string> = { ok: '+', skip: '-', warn: '!', error: 'x' }

/** @throws LazuliError for a name that nothing serves, with the same explanation as a request for it; ConfigError */
export async function runModels(context: CommandContext, { name, dialect }: ModelsQuestion): Promise<void> {
  const configuration = (await openConfiguration(context)).current()
  const caller = DialectId.safeParse(dialect ?? 'chat')
  if (!caller.success) {
    throw new LazuliError({
      code: 'unknown_dialect',
      status: 400,
      message: `There is no dialect "${dialect}".`,
      fix: `Use one of ${DialectId.options.join(', ')}.`,
    })
  }
  if (name === undefined) {
    const rows = listModels(configuration).map(({ id, instance, deployment, api }) => [id, instance, deployment, api])
    context.write(rows.length === 0 ? 'No names are configured: any name is passed on.\n' : table(rows))
    return
  }
  const decide = createDecide(createAddressing(() => ({ origin: 'http://simulator.invalid', key: '' }), azureTokens()))
  const { decision, error } = decide(name, caller.data, configuration)
  context.write(explanation(decision))
  const now = await askRunning(context.dataFolder, { model: name, dialect: caller.data, token: configuration.token })
  if (now !== undefined) context.write(nowTold(now, decision))
  if (error !== undefined) throw error
}

function explanation({ askedModel, target, steps }: Decision): string {
  const head =
    target === undefined
      ? `${askedModel} → nothing`
      : `${askedModel} → ${target.instance} · deployment ${target.deployment} · ${target.api}`
  const lines = steps.map(
    ({ verdict, text, why }) => `  ${MARKS[verdict]} ${text}${why === undefined ? '' : ` (${why.replace(/\.$/, '')})`}`,
  )
  const { providerType } = target ?? {}
  const url =
    providerType === 'simulator' ? 'built-in simulator' : providerType === 'recording' ? 'recording' : target?.url
  return `${[head, ...lines, ...(url === undefined ? [] : [`  = POST ${url}`])].join('\n')}\n`
}

/** What the program that runs now would do, as far as it is something else: it knows who rests and who is at a limit. */
function nowTold({ baseUrl, decision }: RunningDecision, before: Decision): string {
  const isSame = JSON.stringify(decision.steps) === JSON.stringify(before.steps)
  return isSame ? `The Lazuli at ${baseUrl} does the same now.\n` : `\nNow, at ${baseUrl}:\n${explanation(decision)}`
}

function table(rows: readonly (readonly string[])[]): string {
  const all = [['NAME', 'INSTANCE', 'DEPLOYMENT', 'API'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
