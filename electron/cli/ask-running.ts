import type { Decision, DialectId } from '../../shared/exchange.ts'
import { Decision as DecisionShape } from '../../shared/exchange.ts'
import { runningIn } from '../config/data-folder.ts'

export interface RunningDecision {
  /** Where it listens. */
  baseUrl: string
  decision: Decision
}

const PATHS: Record<DialectId, string> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}
/** It is on this machine. */
const WITHIN_MS = 2000

/**
 * Where the program that runs with this data folder would send a request for a model now; nothing goes upstream.
 * Undefined when none runs, or it does not tell.
 */
export async function askRunning(
  dataFolder: string,
  { model, dialect, token }: { model: string; dialect: DialectId; token: string | undefined },
): Promise<RunningDecision | undefined> {
  const running = runningIn(dataFolder)
  if (running === undefined) return undefined
  const { baseUrl } = running
  const content = dialect === 'responses' ? { input: 'x' } : { messages: [{ role: 'user', content: 'x' }] }
  try {
    const answer = await fetch(baseUrl + PATHS[dialect], {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-dry-run': 'true',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ model, max_tokens: 1, ...content }),
      signal: AbortSignal.timeout(WITHIN_MS),
      redirect: 'error',
    })
    const told = (await answer.json()) as Record<string, unknown>
    const decision = DecisionShape.safeParse({
      askedModel: told['model'],
      steps: told['steps'],
      ...(told['instance'] === undefined
        ? {}
        : {
            target: {
              instance: told['instance'],
              providerType: told['provider_type'],
              deployment: told['deployment'],
              baseModel: told['base_model'],
              api: told['api'],
              url: told['url'],
            },
          }),
    })
    return decision.success ? { baseUrl, decision: decision.data } : undefined
  } catch {
    // It ended without a word, or something else listens there now.
    return undefined
  }
}
