/**
 * CPU time and memory of a process, from the system's own books. On Linux they are read from outside: the scheduler's
 * nanoseconds of every thread. Elsewhere the process tells them itself; see `told-usage.ts`.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Usage } from './told-usage.ts'

const isLinux = process.platform === 'linux'

/** Flags for a Node process that shall be measured. */
export const measuredFlags: readonly string[] = isLinux ? [] : ['--import', `${import.meta.dirname}/told-usage.ts`]
export const measuredChannel: 'ipc' | 'ignore' = isLinux ? 'ignore' : 'ipc'

export class Accounting {
  readonly #children: readonly ChildProcess[]
  /** By thread: those that have ended keep what they used. */
  readonly #threads = new Map<string, number>()

  /** @param children the processes of one subject, counted together */
  constructor(children: readonly ChildProcess[]) {
    this.#children = children
  }

  /** Microseconds of CPU time, all threads together, since the subject was started. */
  async cpu(): Promise<number> {
    if (!isLinux) return (await this.#told()).reduce((sum, { cpu }) => sum + cpu, 0)
    for (const process of this.#processes()) {
      for (const thread of readdirSync(`/proc/${process}/task`)) {
        const file = `/proc/${process}/task/${thread}/schedstat`
        try {
          this.#threads.set(`${process} ${thread}`, Number(readFileSync(file, 'utf8').split(' ')[0]) / 1000)
        } catch {
          // It ended between the two looks.
        }
      }
    }
    return [...this.#threads.values()].reduce((sum, us) => sum + us, 0)
  }

  /** Resident memory now, in MiB. */
  async memory(): Promise<number> {
    if (!isLinux) return (await this.#told()).reduce((sum, { memory }) => sum + memory, 0)
    return this.#status('VmRSS')
  }

  /** Watches the highest resident memory from now on; the function returned tells it, in MiB. */
  async peak(): Promise<() => Promise<number>> {
    if (isLinux) {
      for (const process of this.#processes()) writeFileSync(`/proc/${process}/clear_refs`, '5')
      return () => Promise.resolve(this.#status('VmHWM'))
    }
    let highest = await this.memory()
    const timer = setInterval(() => {
      void this.memory().then((now) => (highest = Math.max(highest, now)))
    }, 20)
    return async () => {
      clearInterval(timer)
      return Math.max(highest, await this.memory())
    }
  }

  /** The subject's processes and what they started (nginx has a worker). */
  #processes(): number[] {
    const all = this.#children.map(({ pid }) => pid!)
    for (const process of all) {
      const children = readFileSync(`/proc/${process}/task/${process}/children`, 'utf8')
      all.push(...children.split(' ').filter(Boolean).map(Number))
    }
    return all
  }

  #status(field: 'VmRSS' | 'VmHWM'): number {
    return this.#processes().reduce((sum, process) => {
      const text = readFileSync(`/proc/${process}/status`, 'utf8')
      return sum + Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) / 1024
    }, 0)
  }

  #told(): Promise<Usage[]> {
    return Promise.all(
      this.#children.map(async (child) => {
        child.send('usage')
        const [usage] = (await once(child, 'message')) as [Usage]
        return usage
      }),
    )
  }
}
