import { appData } from './machine.ts'
import type { Tool } from './tool.ts'

/** Cursor sends requests with a user's own key through its own servers, and those refuse private addresses. */
export const cursor: Tool = {
  id: 'cursor',
  name: 'Cursor',
  mark: 'Cu',
  speaks: 'Chat',
  kind: 'program',
  way: 'impossible',
  about:
    'Cursor cannot use Lazuli. Requests with a key of your own do not go from Cursor to the model: they go through ' +
    'Cursor’s servers, and those cannot reach an address on this machine and refuse private ones. Only a public HTTPS ' +
    'tunnel to Lazuli would help, which opens your models to the internet; Lazuli does not set one up.',
  commands: ['cursor'],
  traces: (machine) => [appData(machine, 'Cursor')],
  clients: /^Cursor$/,
  where: 'not possible on localhost',
  roles: [],
  snippets: () => [],
}
