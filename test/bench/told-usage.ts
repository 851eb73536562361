/** Loaded into a measured process where the system's books cannot be read from outside: tells them on request. */

export interface Usage {
  /** Microseconds, all threads. */
  cpu: number
  /** MiB. */
  memory: number
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const usage: Usage = { cpu: user + system, memory: process.memoryUsage.rss() / 1024 / 1024 }
  process.send?.(usage)
})
