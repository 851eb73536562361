/** `lazuli tools`: which local tools are there, and how each is pointed at Lazuli and back. */
import { createInterface } from 'node:readline/promises'
import { ToolId, type DiffLine, type ToolModels, type ToolPlan, type ToolView } from '../../shared/tools.ts'
import { LazuliError } from '../core/error.ts'
import { toolOf } from '../tools/catalogue.ts'
import type { LocalTools } from '../tools/local-tools.ts'
import { runProgram } from '../tools/run-program.ts'
import { countRequests, openLocalTools, type ToolsFromHere } from './open-local-tools.ts'
import type { CommandContext } from './open-configuration.ts'

export interface ToolsCommand {
  /** Absent: list. */
  action?: string | undefined
  tool?: string | undefined
  /** For every role, or `role=name`. */
  models: readonly string[]
  /** Do not ask. */
  yes: boolean
}

const ACTIONS = ['plan', 'apply', 'verify', 'undo'] as const
/** A program that is run for a check has so long, in milliseconds. */
const RUN_LIMIT_MS = 120_000

/** @throws LazuliError for an action, tool or model that is not there, a file that cannot be changed, a failed check */
export async function runTools(context: CommandContext, command: ToolsCommand): Promise<void> {
  const here = await openLocalTools(context)
  const { tools } = here
  if (command.action === undefined) {
    const { tools: views, machine } = await tools.list([])
    context.write(`${table(views)}\nSettings of ${machine}. Next: lazuli tools plan TOOL, lazuli tools apply TOOL.\n`)
    return
  }
  const action = ACTIONS.find((known) => known === command.action)
  if (action === undefined) throw unknown('action', command.action, ACTIONS)
  const tool = ToolId.safeParse(command.tool)
  if (!tool.success) throw unknown('tool', command.tool ?? '', ToolId.options)
  const models = modelsOf(tool.data, command.models)
  switch (action) {
    case 'plan':
      context.write(planText(await tools.plan(tool.data, models)))
      return
    case 'apply':
      return apply(context, tools, tool.data, models, command.yes)
    case 'undo': {
      if (!(await agreed(command.yes, context, `Take Lazuli out of ${toolOf(tool.data).name}?`))) return
      const { done } = await tools.undo(tool.data)
      context.write(`${done.join('\n')}\n`)
      return
    }
    case 'verify':
      return verify(context, here, tool.data)
  }
}

async function apply(
  context: CommandContext,
  tools: LocalTools,
  id: ToolId,
  models: ToolModels,
  yes: boolean,
): Promise<void> {
  const plan = await tools.plan(id, models)
  context.write(planText(plan))
  if (plan.changes.length === 0 && plan.problem === undefined) throw notApplied(id)
  if (!(await agreed(yes, context, 'Write this?'))) return
  const { done } = await tools.apply(id, models, plan.fingerprint)
  context.write(`${done.join('\n')}\nNext: lazuli tools verify ${id}\n`)
}

/** The tool is started with one question; its answer has to come through the Lazuli that is running. */
async function verify(context: CommandContext, { tools, connection }: ToolsFromHere, id: ToolId): Promise<void> {
  const { name, run } = toolOf(id)
  const program = tools.program(id)
  if (run === undefined || program === undefined) {
    throw new LazuliError({
      code: 'tool_not_found',
      status: 404,
      message: `${name} cannot be started for a check from here.`,
      fix: 'Open Tools in the window, choose Watch, and use the tool as you always do.',
    })
  }
  const view = await tools.view(id)
  if (view.state !== 'applied') {
    throw new LazuliError({
      code: 'tool_not_applied',
      status: 409,
      message: `The settings of ${name} do not lead to this Lazuli.`,
      fix: `Run: lazuli tools apply ${id}`,
    })
  }
  const before = await countRequests(connection)
  context.write(`+ Lazuli answers at ${connection.baseUrl}\n`)
  const { machine } = tools
  const signal = new AbortController().signal
  const end = await runProgram({ machine, program: program.path, args: run, limitMs: RUN_LIMIT_MS, signal })
  const after = await countRequests(connection)
  const asked = after.all - before.all
  const arrived =
    asked === 0 ? 'x No model request arrived' : `+ ${asked} model request${asked === 1 ? '' : 's'} arrived`
  context.write(`${arrived}, ${after.succeeded - before.succeeded} answered whole\n`)
  if (end.code !== 0 || after.succeeded === before.succeeded) {
    context.write(`${tools.clean(end.output).trim()}\n`)
    throw new LazuliError({
      code: 'tool_check_failed',
      status: 502,
      message: `${name} ended with ${end.problem ?? end.code ?? 'a signal'}, and ${asked === 0 ? 'asked nothing here' : 'did not get what it wanted'}.`,
      fix: 'Its own words stand above; Traffic in the window shows its requests.',
    })
  }
  tools.verified(id)
  context.write(`+ ${name} ended well: it works through Lazuli\n`)
}

/** `NAME` for every role, `role=NAME` for one. */
function modelsOf(id: ToolId, given: readonly string[]): ToolModels {
  const roles = toolOf(id).roles.map((role) => role.id)
  const models: ToolModels = {}
  for (const text of given) {
    const [role, name] = text.includes('=') ? text.split('=', 2) : [undefined, text]
    if (role !== undefined && !roles.includes(role)) throw unknown('role', role, roles)
    for (const one of role === undefined ? roles : [role]) models[one] = name!
  }
  return models
}

async function agreed(yes: boolean, { write }: CommandContext, question: string): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) {
    throw new LazuliError({
      code: 'not_confirmed',
      status: 400,
      message: 'Nobody is there to say yes.',
      fix: 'Add --yes to do it without a question.',
    })
  }
  const ask = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await ask.question(`${question} [y/N] `)
  ask.close()
  const yesNow = /^y(es)?$/i.test(answer.trim())
  if (!yesNow) write('Nothing was changed.\n')
  return yesNow
}

const STATES: Record<ToolView['state'], string> = {
  none: 'not applied',
  applied: 'applied',
  stale: 'another address or key',
  changed: 'changed since',
  unreadable: 'unreadable',
}

function stateOf(view: ToolView): string {
  if (view.way === 'impossible') return 'not possible'
  if (view.kind === 'library') return 'by hand'
  if (!view.found) return 'not found'
  if (view.way === 'snippet') return 'by hand'
  return view.verifiedAt === undefined ? STATES[view.state] : 'verified'
}

function table(views: readonly ToolView[]): string {
  const rows = [
    ['TOOL', 'NAME', 'STATE', 'WHERE'],
    ...views.map((view) => [
      view.id,
      view.version === undefined ? view.name : `${view.name} ${view.version}`,
      stateOf(view),
      view.where,
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function planText({ about, roles, changes, snippets, notes, problem }: ToolPlan): string {
  const parts = [
    about,
    ...roles.map(({ label, model }) => `  ${label}: ${model || '(none)'}`),
    ...changes.flatMap(({ path, created, lines }) => [
      lines.length === 0 ? `= ${path} says so already` : `${created ? 'New file' : 'Change to'} ${path}`,
      ...lines.map(diffText),
    ]),
    ...(changes.length === 0 ? snippets.flatMap(({ title, text }) => [`${title}:`, text.trimEnd()]) : []),
    ...notes.map((note) => `! ${note}`),
    ...(problem === undefined ? [] : [`x ${problem.message}`]),
  ]
  return `${parts.join('\n')}\n`
}

function diffText(line: DiffLine): string {
  switch (line.kind) {
    case 'same':
      return `    ${line.text}`
    case 'removed':
      return `  - ${line.text}`
    case 'added':
      return `  + ${line.text}`
    case 'gap':
      return `    … ${line.count} more`
  }
}

function unknown(what: string, given: string, known: readonly string[]): LazuliError {
  return new LazuliError({
    code: `unknown_${what}`,
    status: 400,
    message: given === '' ? `Name a ${what}.` : `There is no ${what} "${given}".`,
    fix: `Use one of ${known.join(', ')}.`,
  })
}

function notApplied(id: ToolId): LazuliError {
  const { name, way } = toolOf(id)
  return new LazuliError({
    code: 'tool_not_by_files',
    status: 409,
    message: way === 'impossible' ? `${name} cannot use Lazuli.` : `${name} is set up by hand.`,
    fix: way === 'impossible' ? 'The lines above say why.' : 'Copy the lines above.',
  })
}
