/** The recorder's thread, which dies when it is given an exchange with the path `/die`. */
import { parentPort } from 'node:worker_threads'
import type { ToWorker } from '../../electron/journal/protocol.ts'

const port = parentPort!
const on = port.on.bind(port)
port.on = ((event: 'message', listener: (message: ToWorker) => void) =>
  on(event, (message: ToWorker) => {
    if (message.type === 'records' && message.batch.heads.includes('"path":"/die"')) process.exit(7)
    listener(message)
  })) as typeof port.on
await import('../../electron/journal/worker.ts')
