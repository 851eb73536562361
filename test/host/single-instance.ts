import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

export interface SecondInstance {
  argv: string[]
  cwd: string
  data: unknown
}

/** The app that has the lock of a user-data folder, or the way to tell that app. */
export class SingleInstanceLock {
  #held = false
  /** Settles when the first instance has been told. */
  told: Promise<unknown> = Promise.resolve()

  get held(): boolean {
    return this.#held
  }

  /** @returns true if this process is the first one with this folder; else the first one is told `self`. */
  request(folder: string, self: SecondInstance, onSecond: (second: SecondInstance) => void): boolean {
    if (this.#held) return true
    const lock = join(folder, 'SingletonLock')
    const socket = join(folder, 'SingletonSocket')
    const holder = pidIn(lock)
    if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
      const client = connect(socket)
      client.end(JSON.stringify(self))
      this.told = once(client, 'close').catch(() => undefined)
      return false
    }
    rmSync(socket, { force: true })
    writeFileSync(lock, String(process.pid))
    createServer((client) => {
      let text = ''
      client.on('data', (data) => (text += String(data)))
      client.on('end', () => onSecond(JSON.parse(text) as SecondInstance))
    })
      .listen(socket)
      .unref()
    process.on('exit', () => {
      rmSync(socket, { force: true })
      rmSync(lock, { force: true })
    })
    this.#held = true
    return true
  }
}

function pidIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
