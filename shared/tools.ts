/** What the console tells of the local tools: which there are, what connecting one changes, and whether it works. */
import * as z from 'zod'
import { Failure } from './exchange.ts'

export const ToolId = z.enum([
  'claude-code',
  'codex',
  'copilot-cli',
  'continue',
  'cline',
  'opencode',
  'zed',
  'aider',
  'open-webui',
  'langchain',
  'ai-sdk',
  'openai-sdk',
  'anthropic-sdk',
  'cursor',
])
export type ToolId = z.infer<typeof ToolId>

/**
 * files: Lazuli writes its settings. snippet: the user sets it up with a text to copy. impossible: it cannot reach
 * localhost.
 */
export const ToolWay = z.enum(['files', 'snippet', 'impossible'])
export type ToolWay = z.infer<typeof ToolWay>

/**
 * none: nothing of Lazuli is in its settings. applied: its settings lead to this Lazuli. stale: they lead to a Lazuli at
 * another address or with another key. changed: they were applied, and changed since. unreadable: see `problem`. For a
 * tool without files it is always none.
 */
export const ToolState = z.enum(['none', 'applied', 'stale', 'changed', 'unreadable'])
export type ToolState = z.infer<typeof ToolState>

/** One tool, as the list shows it. */
export const ToolView = z.object({
  id: ToolId,
  name: z.string(),
  /** Two letters that stand for it in the list. */
  mark: z.string(),
  /** The API that it speaks, as a word, e.g. `Messages`. */
  speaks: z.string(),
  kind: z.enum(['program', 'library']),
  way: ToolWay,
  /** Always true for a library: that is not looked for. */
  found: z.boolean(),
  version: z.string().optional(),
  /** Where it is set, as the user would write it, e.g. `~/.claude/settings.json`. */
  where: z.string(),
  state: ToolState,
  problem: Failure.optional(),
  /** Lazuli wrote its settings and can take that back. */
  canUndo: z.boolean(),
  /** It can be started for a check, on the user's click. */
  canRun: z.boolean(),
  /** When a check last succeeded since its settings were applied, in milliseconds since the epoch. */
  verifiedAt: z.number().optional(),
  /** The newest of its requests in the recorded traffic. */
  lastCall: z.object({ at: z.number(), exchange: z.string(), ok: z.boolean() }).optional(),
})
export type ToolView = z.infer<typeof ToolView>

export const ToolList = z.object({
  tools: z.array(ToolView),
  /** Lazuli runs in a container: the tools of the machine around it are out of its sight. */
  container: z.boolean(),
  /** Name of the machine whose files are meant. */
  machine: z.string(),
})
export type ToolList = z.infer<typeof ToolList>

/** Role of a model in a tool, by the tool's own id of it, to the name that is asked for. */
export const ToolModels = z.record(z.string(), z.string().max(256))
export type ToolModels = z.infer<typeof ToolModels>

/** One line of a difference; line numbers count from 1. gap: `count` lines that are the same are left out. */
export const DiffLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('same'), before: z.number().int(), after: z.number().int(), text: z.string() }),
  z.object({ kind: z.literal('removed'), before: z.number().int(), text: z.string() }),
  z.object({ kind: z.literal('added'), after: z.number().int(), text: z.string() }),
  z.object({ kind: z.literal('gap'), count: z.number().int() }),
])
export type DiffLine = z.infer<typeof DiffLine>

export const FileChange = z.object({
  path: z.string(),
  /** The file is not there yet. */
  created: z.boolean(),
  added: z.number().int(),
  removed: z.number().int(),
  /** Empty: the file is already as it should be. */
  lines: z.array(DiffLine),
})
export type FileChange = z.infer<typeof FileChange>

export const Snippet = z.object({
  title: z.string(),
  /** e.g. `sh`, `python`. */
  language: z.string(),
  text: z.string(),
})
export type Snippet = z.infer<typeof Snippet>

/** What connecting a tool means, before anything is written. */
export const ToolPlan = z.object({
  tool: ToolId,
  /** What to know about it, in a sentence or two. */
  about: z.string(),
  roles: z.array(z.object({ id: z.string(), label: z.string(), model: z.string() })),
  changes: z.array(FileChange),
  snippets: z.array(Snippet),
  /** What Lazuli cannot do for the user, or what stands in the way. */
  notes: z.array(z.string()),
  /** A file cannot be read, or not be changed in place: `changes` is empty. */
  problem: Failure.optional(),
  /** Names the files as they were read; `apply` refuses when they differ by then. */
  fingerprint: z.string(),
  /** Keys are hidden in `changes` and `snippets`. */
  masked: z.boolean(),
})
export type ToolPlan = z.infer<typeof ToolPlan>

/** What was done to the files, in sentences, and how the tool stands now. */
export const ToolOutcome = z.object({ tool: ToolView, done: z.array(z.string()) })
export type ToolOutcome = z.infer<typeof ToolOutcome>

/** One step of a check. */
export const ToolTick = z.object({
  id: z.enum(['settings', 'started', 'reached', 'key', 'routed', 'answered']),
  state: z.enum(['later', 'waiting', 'ok', 'failed']),
  text: z.string(),
  why: z.string().optional(),
  /** Milliseconds since the check began. */
  atMs: z.number().optional(),
})
export type ToolTick = z.infer<typeof ToolTick>

/** A check as it stands; each one replaces the last. */
export const ToolCheck = z.object({
  ticks: z.array(ToolTick),
  state: z.enum(['running', 'ok', 'failed']),
  /** The exchange that proves it. */
  exchange: z.string().optional(),
  /** What the program printed, where Lazuli started it; keys hidden, at most a few kilobytes. */
  output: z.string().optional(),
})
export type ToolCheck = z.infer<typeof ToolCheck>
