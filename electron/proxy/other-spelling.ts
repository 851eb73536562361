import type { Route } from '../routing/route.ts'
import type { BodyReader, UpstreamAnswer } from './send.ts'
import { readAll } from './transcode.ts'

/** On which resources a deployment has the other of its two spellings. */
export interface Spellings {
  isOther(route: Pick<Route, 'instance' | 'deployment'>): boolean
  remember(route: Pick<Route, 'instance' | 'deployment'>): void
}

/** Callers choose names, so there must be an end to it. */
const MAX_KEPT = 500
/** An error is no longer than this. */
const MAX_ERROR = 256 * 1024

export function createSpellings(): Spellings {
  const others = new Set<string>()
  const keyOf = ({ instance, deployment }: Pick<Route, 'instance' | 'deployment'>): string =>
    JSON.stringify([instance.name, instance.api_base, deployment])
  return {
    isOther: (route) => others.size > 0 && others.has(keyOf(route)),
    remember(route) {
      if (others.size >= MAX_KEPT) others.clear()
      others.add(keyOf(route))
    },
  }
}

/** Reads a 404: does it say that there is no such deployment? The answer can be read once more. */
export async function readUnknown(answer: UpstreamAnswer): Promise<{ isUnknown: boolean; answer: UpstreamAnswer }> {
  const bytes = await readAll(answer, MAX_ERROR)
  return {
    isUnknown: /"(?:DeploymentNotFound|not_found_error)"/.test(bytes.toString('utf8')),
    answer: readAgain(answer, bytes),
  }
}

function readAgain({ status, headers }: UpstreamAnswer, bytes: Buffer): UpstreamAnswer {
  return {
    status,
    headers,
    read(reader: BodyReader) {
      reader.data(bytes)
      reader.end(true)
    },
    pause() {},
    resume() {},
    abort() {},
    release() {},
    settle: () => Promise.resolve(),
  }
}
