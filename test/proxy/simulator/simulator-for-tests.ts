import { startSimulator, type RunningSimulator } from '../../../electron/proxy/upstreams/simulator/simulator.ts'
import type { SimulatorOptions } from '../../../electron/proxy/upstreams/simulator/options.ts'

export type JsonRecord = Record<string, unknown>

/** A simulator that does not wait. */
export function startFastSimulator(options: Partial<SimulatorOptions> = {}): Promise<RunningSimulator> {
  return startSimulator({ sleep: () => Promise.resolve(), ...options })
}

export function postChat(simulator: RunningSimulator, body: JsonRecord, init: RequestInit = {}): Promise<Response> {
  return fetch(`${simulator.origin}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': simulator.key, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4.1-mini', ...body }),
    ...init,
  })
}

export function postMessages(simulator: RunningSimulator, body: JsonRecord, init: RequestInit = {}): Promise<Response> {
  return fetch(`${simulator.origin}/anthropic/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': simulator.key,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ model: 'claude-sonnet-4-5', max_tokens: 4096, ...body }),
    ...init,
  })
}

export function userSays(content: string): JsonRecord {
  return { messages: [{ role: 'user', content }] }
}

/** The JSON of every `data:` line but `[DONE]`. */
export async function eventsOf(response: Response): Promise<JsonRecord[]> {
  return (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)) as JsonRecord)
}
