import type { TellTrouble } from '../core/trouble.ts'
import type { Route } from '../routing/route.ts'
import { adviceFor } from './upstreams/error-advice.ts'

/** Where a call is made once and nothing is judged: a refused credential and a full quota are told all the same. */
export function tellRefusal(
  trouble: TellTrouble,
  { instance, deployment }: Pick<Route, 'instance' | 'deployment'>,
  status: number,
): void {
  const place = { instance: instance.name, deployment }
  if (status === 429) trouble({ kind: 'throttled', ...place })
  // A caller's own key says nothing about the instance.
  if ((status !== 401 && status !== 403) || instance.credential.type === 'passthrough') return
  const advice = adviceFor(status, '')?.fix
  trouble({
    kind: 'misconfigured',
    ...place,
    told: `answered ${status}`,
    ...(advice === undefined ? {} : { advice }),
  })
}
