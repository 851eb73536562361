/** Makes requests without end, every second one unrecorded, and prints how many are acknowledged; made to be killed. */
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
for (let count = 1; ; count++) {
  journal.setRecording(count % 2 === 0)
  const tap = journal.begin({ method: 'POST', path: '/v1/chat/completions', headers: [] })
  tap.describe({ clientDialect: 'chat', askedModel: 'gpt-5', baseModel: 'gpt-4.1', providerType: 'azure' })
  tap.attempt({ instance: 'main', deployment: 'gpt-5', method: 'POST', url: 'http://upstream/', headers: [], body: [] })
  tap.usage({ input: 2000, output: 500 })
  tap.clientHead(200, [])
  tap.end('done')
  await journal.flush()
  writeSync(1, `${count}\n`)
}
