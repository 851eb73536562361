import { createServer } from 'node:net'
import { dialog, shell } from 'electron'
import { runningIn } from '../config/data-folder.ts'
import { LazuliError } from '../core/error.ts'
import { describeStartFailure } from './start-failure.ts'

/** What the user wants to do about a start that somebody stands in the way of. */
export type ConflictAnswer = { type: 'quit' } | { type: 'again' } | { type: 'port'; port: number }

/** Ports after the taken one of which a free one is offered. */
const OFFERED = 20

/** The port that somebody else holds, if that is why the start failed. */
export function takenPort(error: unknown): number | undefined {
  if (!(error instanceof LazuliError) || error.code !== 'port_in_use') return undefined
  const { port } = (error.cause ?? {}) as { port?: unknown }
  return typeof port === 'number' ? port : undefined
}

/**
 * Asks about a port that another program holds, or a data folder in which another Lazuli works; undefined where there
 * is nothing to choose. Nothing is changed by itself.
 */
export async function askAboutConflict(error: unknown, dataFolder: string): Promise<ConflictAnswer | undefined> {
  const port = takenPort(error)
  if (port !== undefined) return askAboutPort(error, port)
  if (error instanceof LazuliError && error.code === 'data_folder_in_use') return attach(error, dataFolder)
  return undefined
}

async function askAboutPort(error: unknown, port: number): Promise<ConflictAnswer> {
  const free = await freePort(port)
  const answers: { label: string; answer: ConflictAnswer }[] = [
    ...(free === undefined ? [] : [{ label: `Use port ${free}`, answer: { type: 'port', port: free } as const }]),
    { label: 'Try again', answer: { type: 'again' } },
    { label: 'Quit', answer: { type: 'quit' } },
  ]
  const { title, content } = describeStartFailure(error)
  const tools = free === undefined ? '' : '\n\nTools that are set up for the old port must be pointed to the new one.'
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title,
    message: title,
    detail: content + tools,
    buttons: answers.map(({ label }) => label),
    defaultId: answers.length - 2,
    cancelId: answers.length - 1,
    noLink: true,
  })
  return answers[response]?.answer ?? { type: 'quit' }
}

/** The Lazuli that is there already is used in its stead: headless, it serves its window itself. */
async function attach(error: LazuliError, dataFolder: string): Promise<ConflictAnswer> {
  const running = runningIn(dataFolder)
  const { title, content } = describeStartFailure(error)
  const buttons = running === undefined ? ['Quit'] : [`Open ${running.baseUrl}`, 'Quit']
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title,
    message: title,
    detail: content,
    buttons,
    defaultId: 0,
    cancelId: buttons.length - 1,
    noLink: true,
  })
  if (running !== undefined && response === 0) await shell.openExternal(running.baseUrl)
  return { type: 'quit' }
}

async function freePort(taken: number): Promise<number | undefined> {
  for (let port = taken + 1; port <= Math.min(65_535, taken + OFFERED); port++) {
    // oxlint-disable-next-line no-await-in-loop -- the first that is free
    if (await isFree(port)) return port
  }
  return undefined
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })
}
