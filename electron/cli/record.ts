/** `lazuli record`: each exchange goes into a bundle as soon as it has ended. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { bundleHeader, bundleLine } from '../../shared/bundle.ts'
import { LazuliError } from '../core/error.ts'
import { wholeExchange, type RecordedJournal, type Recorder } from '../journal/whole-exchange.ts'

export class BundleRecorder implements Recorder {
  readonly path: string
  /** Exchanges in the file. */
  count = 0
  /** Why some are not. */
  problem: string | undefined
  readonly #file: number
  /** One after the other, in the order in which they ended. */
  #queue: Promise<void> = Promise.resolve()

  /** @throws LazuliError when there is such a file already, or none can be made */
  constructor(out: string, cwd: string) {
    this.path = resolve(cwd, out)
    try {
      this.#file = openSync(this.path, 'wx', 0o600)
    } catch (error) {
      throw cannotWrite(this.path, error as NodeJS.ErrnoException)
    }
    writeSync(this.#file, bundleHeader)
  }

  /** Nothing could be served: the file shall not be in the way of the next try. */
  discard(): void {
    rmSync(this.path, { force: true })
  }

  /** Tells how many there are; returns the exit code. */
  tell({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): number {
    stdout.write(`lazuli recorded ${this.count} exchange${this.count === 1 ? '' : 's'} in ${this.path}\n`)
    if (this.problem === undefined) return 0
    stderr.write(`lazuli: Some exchanges could not be written: ${this.problem}\n`)
    return 1
  }

  ended(id: string, journal: RecordedJournal): void {
    this.#queue = this.#queue.then(() => this.#write(id, journal))
  }

  async finish(journal: RecordedJournal): Promise<void> {
    // What ended last is told when it is stored.
    await journal.flush()
    await this.#queue
    closeSync(this.#file)
  }

  async #write(id: string, journal: RecordedJournal): Promise<void> {
    try {
      const exchange = await wholeExchange(journal, id)
      // While recording is paused in the window, nothing is stored.
      if (exchange === undefined) return
      writeSync(this.#file, journal.redacted(bundleLine(exchange)))
      this.count++
    } catch (error) {
      this.problem ??= error instanceof Error ? error.message : String(error)
    }
  }
}

function cannotWrite(path: string, { code, message }: NodeJS.ErrnoException): LazuliError {
  if (code === 'EEXIST') {
    return new LazuliError({
      code: 'file_exists',
      status: 409,
      message: `${path} is there already.`,
      fix: 'Name another file with --out, or delete it first.',
    })
  }
  return new LazuliError({
    code: 'file_unwritable',
    status: 400,
    message: `${path} cannot be written: ${code === 'ENOENT' ? 'its folder does not exist' : message}.`,
    fix: 'Name another file with --out.',
  })
}
