/** Records exchanges without end and prints the id of each once it is acknowledged; made to be killed. */
import { writeSync } from 'node:fs'
import { openJournal } from '../../electron/journal/journal.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const journal = await openJournal({
  directory: process.argv[2],
  workerUrl: new URL('../../electron/journal/worker.ts', import.meta.url),
  limits: { keepDays: 14, maxBytes: 64 * 1024 * 1024, bodies: true },
  secrets: () => [],
  log: silent,
})
for (let count = 0; ; count++) {
  const ids = Array.from({ length: 1 + (count % 7) }, () => {
    const tap = journal.begin({ method: 'POST', path: '/v1/chat/completions', headers: [] })
    tap.clientHead(200, [['content-type', 'text/plain']])
    tap.clientBytes(Buffer.alloc(((count * 977) % 40_000) + 1, 97))
    tap.end('done')
    return tap.id
  })
  await journal.flush()
  writeSync(1, ids.map((id) => `${id}\n`).join(''))
}
