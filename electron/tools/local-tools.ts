import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { ExchangeSummary, Failure } from '../../shared/exchange.ts'
import type {
  FileChange,
  ToolId,
  ToolList,
  ToolModels,
  ToolOutcome,
  ToolPlan,
  ToolState,
  ToolView,
} from '../../shared/tools.ts'
import { LazuliError } from '../core/error.ts'
import { toolOf, tools } from './catalogue.ts'
import { applyFiles, fingerprintOf, planFile, undoFile, type PlannedFile } from './change-files.ts'
import { findProgram, type Program } from './find-program.ts'
import { fingerprint, Ledger, type Entry } from './ledger.ts'
import { diffLines } from './line-diff.ts'
import { shownPath, type Machine } from './machine.ts'
import { secretsIn, withoutSecrets } from './mask.ts'
import { valueAt } from './setting.ts'
import type { ChosenModel, SetUp, Tool } from './tool.ts'

/** What tools are pointed to. */
export interface Connection {
  baseUrl: string
  /** Absent: every program may call. */
  key: string | undefined
}

export interface LocalToolsOptions {
  machine: Machine
  /** Lazuli's data folder; undefined: it cannot be written. */
  folder: string | undefined
  connection: () => Connection
  /** Names that can be asked for, the best known first. */
  models: () => Promise<readonly ChosenModel[]>
  now: () => number
}

/** Stands where a tool wants a key and Lazuli wants none. */
const NO_KEY = 'lazuli-needs-no-key'

/** The local tools of this machine: which are there, and how each is pointed at Lazuli and back. */
export class LocalTools {
  readonly #options: LocalToolsOptions
  readonly #ledger: Ledger

  constructor(options: LocalToolsOptions) {
    this.#options = options
    this.#ledger = new Ledger(options.folder)
  }

  /** @param rows the newest of the recorded traffic, newest first */
  async list(rows: readonly ExchangeSummary[]): Promise<ToolList> {
    const { machine, models } = this.#options
    const served = await models()
    const views = tools.map((tool): ToolView => {
      const last = rows.find(({ client }) => tool.clients.test(client))
      const view = this.#view(tool, served)
      if (last !== undefined) {
        const ok = last.state === 'active' || (last.state === 'done' && (last.status ?? 0) < 400)
        view.lastCall = { at: last.startedAt, exchange: last.id, ok }
      }
      return view
    })
    return { tools: views, container: machine.container, machine: machine.name }
  }

  async view(id: ToolId): Promise<ToolView> {
    return this.#view(toolOf(id), await this.#options.models())
  }

  #view(tool: Tool, served: readonly ChosenModel[]): ToolView {
    const { id } = tool
    const { machine } = this.#options
    const entry = this.#ledger.get(id)
    const setUp = this.#setUp(tool, served, entry?.models ?? {})
    const program = this.program(id)
    const { state, problem } = this.#stateOf(tool, setUp, entry)
    const paths = this.#files(tool, setUp).map(({ path }) => shownPath(machine, path))
    return {
      id,
      name: tool.name,
      mark: tool.mark,
      speaks: tool.speaks,
      kind: tool.kind,
      way: this.#wayOf(tool),
      found: tool.kind === 'library' || program !== undefined || this.#hasTraces(tool),
      ...(program?.version === undefined ? {} : { version: program.version }),
      where: paths.length === 0 ? (tool.where ?? 'its settings') : paths.join(', '),
      state,
      ...(problem === undefined ? {} : { problem }),
      canUndo: (entry?.files.length ?? 0) > 0,
      canRun: tool.run !== undefined && program !== undefined,
      ...(entry?.verifiedAt === undefined || state !== 'applied' ? {} : { verifiedAt: entry.verifiedAt }),
    }
  }

  /** Where the tool's command is. */
  program(id: ToolId): Program | undefined {
    const { machine } = this.#options
    return machine.container ? undefined : findProgram(machine, toolOf(id).commands)
  }

  /**
   * @param models chosen names by role; a role without one takes what was applied before, else what fits best
   */
  async plan(id: ToolId, models: ToolModels = {}, reveal = false): Promise<ToolPlan> {
    const tool = toolOf(id)
    const { machine } = this.#options
    const setUp = this.#setUp(tool, await this.#options.models(), {
      ...this.#ledger.get(id)?.models,
      ...chosen(models),
    })
    const { files, problem } = this.#planned(tool, setUp)
    const secrets = [setUp.key, ...files.flatMap(({ value }) => secretsIn(value))].filter((key) => key !== NO_KEY)
    const clean = (text: string): string => (reveal ? text : withoutSecrets(text, secrets))
    return {
      tool: id,
      about: tool.about,
      roles: tool.roles.map(({ id: role, label }) => ({ id: role, label, model: setUp.models[role]?.name ?? '' })),
      changes: files.map((planned) => shown(planned, machine, clean)),
      snippets: tool.snippets(setUp).map(({ title, language, text }) => ({ title, language, text: clean(text) })),
      notes: this.#notes(tool, setUp, files).map(clean),
      ...(problem === undefined ? {} : { problem }),
      fingerprint: fingerprintOf(files),
      masked: !reveal,
    }
  }

  #planned(tool: Tool, setUp: SetUp): { files: PlannedFile[]; problem?: Failure } {
    try {
      return { files: this.#files(tool, setUp).map(planFile) }
    } catch (error) {
      if (!(error instanceof LazuliError)) throw error
      return { files: [], problem: error.toFailure() }
    }
  }

  /**
   * Writes the settings, after a copy of each file that was there.
   *
   * @param expected the plan's fingerprint: nothing else is written than what was shown
   * @throws LazuliError `tool_file_changed`, `tool_file_broken`, `tool_model_missing`, `tool_not_by_files`, `tool_file_unwritable`
   */
  async apply(id: ToolId, models: ToolModels, expected: string): Promise<ToolOutcome> {
    const tool = toolOf(id)
    const served = await this.#options.models()
    const entry = this.#ledger.get(id)
    const setUp = this.#setUp(tool, served, { ...entry?.models, ...chosen(models) })
    if (this.#wayOf(tool) !== 'files') throw notByFiles(tool)
    if (tool.roles.length > 0 && Object.keys(setUp.models).length === 0) throw modelMissing(tool)
    const planned = this.#files(tool, setUp).map(planFile)
    if (fingerprintOf(planned) !== expected) throw planIsOld(tool)
    const now = this.#options.now()
    const names = Object.fromEntries(Object.entries(setUp.models).map(([role, { name }]) => [role, name]))
    // Written once before, so that a record that cannot be kept is found out while nothing has changed.
    this.#ledger.set(id, entry)
    const files = applyFiles(planned, entry, new Date(now))
    const others = (entry?.files ?? []).filter(({ path }) => !planned.some(({ file }) => file.path === path))
    this.#ledger.set(id, { at: now, models: names, files: [...files, ...others] })
    const { machine } = this.#options
    const done = planned.map(({ file, before, after }) => {
      const path = shownPath(machine, file.path)
      const backup = files.find((one) => one.path === file.path)?.backup
      if (before === after) return `${path} said so already.`
      return `${path} was written${backup === undefined ? '' : `; the file as it was: ${shownPath(machine, backup)}`}.`
    })
    return { tool: this.#view(tool, served), done }
  }

  /** @throws LazuliError `tool_nothing_to_undo`, `tool_file_broken`, `tool_file_unwritable` */
  async undo(id: ToolId): Promise<ToolOutcome> {
    const tool = toolOf(id)
    const entry = this.#ledger.get(id)
    if (entry === undefined || entry.files.length === 0) throw nothingToUndo(tool)
    const done: string[] = []
    const { machine } = this.#options
    // Each file that is done leaves the record at once: what fails later can be tried again.
    for (const [at, file] of entry.files.entries()) {
      done.push(undoFile(file, (path) => shownPath(machine, path)))
      const files = entry.files.slice(at + 1)
      this.#ledger.set(id, files.length === 0 ? undefined : { ...entry, files })
    }
    return { tool: await this.view(id), done }
  }

  /** Notes that a check has succeeded. */
  verified(id: ToolId): void {
    const entry = this.#ledger.get(id)
    if (entry !== undefined) this.#ledger.set(id, { ...entry, verifiedAt: this.#options.now() })
  }

  /** Hides the key in what a tool printed. */
  clean(text: string): string {
    const { key } = this.#options.connection()
    return key === undefined ? text : withoutSecrets(text, [key])
  }

  get machine(): Machine {
    return this.#options.machine
  }

  #wayOf(tool: Tool): ToolView['way'] {
    return tool.way === 'files' && this.#options.machine.container ? 'snippet' : tool.way
  }

  #files(tool: Tool, setUp: SetUp): ReturnType<NonNullable<Tool['files']>> {
    return this.#wayOf(tool) === 'files' ? (tool.files?.(setUp, existsSync) ?? []) : []
  }

  #hasTraces(tool: Tool): boolean {
    const { machine } = this.#options
    return !machine.container && (tool.traces?.(machine) ?? []).some((path) => existsSync(path))
  }

  #setUp(tool: Tool, served: readonly ChosenModel[], names: ToolModels): SetUp {
    const { baseUrl, key } = this.#options.connection()
    const models = tool.roles.flatMap(({ id, prefers }) => {
      const name = names[id] ?? preferred(served, prefers)
      if (name === undefined) return []
      return [[id, served.find((model) => model.name === name) ?? { name }] as const]
    })
    return { machine: this.#options.machine, baseUrl, key: key ?? NO_KEY, models: Object.fromEntries(models), served }
  }

  #stateOf(tool: Tool, setUp: SetUp, entry: Entry | undefined): { state: ToolState; problem?: Failure } {
    let [applied, ours] = [true, true]
    try {
      const files = this.#files(tool, setUp)
      if (files.length === 0) return { state: 'none' }
      for (const { file, value } of files.map(planFile)) {
        const known = entry?.files.find(({ path }) => path === file.path)
        for (const { path, value: wanted } of file.settings.filter(({ binds }) => binds)) {
          const current = valueAt(value, path)
          const wrote = known?.settings.find((setting) => isDeepStrictEqual(setting.path, path))?.wrote
          applied &&= current === wanted
          ours &&= current !== undefined && fingerprint(current) === wrote
        }
      }
    } catch (error) {
      if (!(error instanceof LazuliError)) throw error
      return { state: 'unreadable', problem: error.toFailure() }
    }
    if (applied) return { state: 'applied' }
    return { state: ours ? 'stale' : entry === undefined || entry.files.length === 0 ? 'none' : 'changed' }
  }

  #notes(tool: Tool, setUp: SetUp, files: readonly PlannedFile[]): string[] {
    const { machine, connection } = this.#options
    const current = files.map(({ value }) => value)
    const open = files.filter(({ readableByOthers }) => readableByOthers && connection().key !== undefined)
    return [
      ...(machine.container && tool.way === 'files'
        ? [
            'Lazuli runs in a container and cannot see the files of the machine around it: set the tool up there by hand.',
          ]
        : []),
      ...(tool.roles.length > 0 && Object.keys(setUp.models).length === 0
        ? ['No model name is known yet: type the name that the tool is to ask for.']
        : []),
      ...(tool.notes?.(setUp, current, existsSync) ?? []),
      ...open.map(
        ({ file }) => `Other users of this machine may read ${shownPath(machine, file.path)}, and the key in it.`,
      ),
    ]
  }
}

/** Roles that were given a name. */
function chosen(models: ToolModels): ToolModels {
  return Object.fromEntries(Object.entries(models).filter(([, name]) => name.trim() !== ''))
}

function preferred(served: readonly ChosenModel[], prefers: readonly RegExp[]): string | undefined {
  for (const pattern of prefers) {
    const found = served.find(({ name }) => pattern.test(name))
    if (found !== undefined) return found.name
  }
  return served[0]?.name
}

function shown({ file, before, after }: PlannedFile, machine: Machine, clean: (text: string) => string): FileChange {
  const lines = diffLines(before ?? '', after)
  for (const line of lines) if (line.kind !== 'gap') line.text = clean(line.text)
  return {
    path: shownPath(machine, file.path),
    created: before === undefined,
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
    lines,
  }
}

function notByFiles({ name, way }: Tool): LazuliError {
  return new LazuliError({
    code: 'tool_not_by_files',
    status: 409,
    message: way === 'impossible' ? `${name} cannot use Lazuli.` : `${name} is not set up by a file of this machine.`,
    fix: way === 'impossible' ? 'Its plan says why.' : 'Copy the text that its plan shows.',
  })
}

function modelMissing({ name }: Tool): LazuliError {
  return new LazuliError({
    code: 'tool_model_missing',
    status: 400,
    message: `No model was chosen for ${name}, and Lazuli knows of none.`,
    fix: 'Name the model that it is to ask for.',
  })
}

function planIsOld({ name }: Tool): LazuliError {
  return new LazuliError({
    code: 'tool_file_changed',
    status: 409,
    message: `The files of ${name}, or the address or key of Lazuli, have changed since the plan was made.`,
    fix: 'Nothing was written. Look at the new plan, then apply that.',
  })
}

function nothingToUndo({ name }: Tool): LazuliError {
  return new LazuliError({
    code: 'tool_nothing_to_undo',
    status: 409,
    message: `Lazuli has written nothing into the settings of ${name}.`,
    fix: 'What you wrote there yourself, take out yourself.',
  })
}
