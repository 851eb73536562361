import type { TestResult } from '../../../shared/instance-view.ts'
import type { ConfiguredInstance } from '../../config/configuration.ts'
import type { AttemptTap } from '../../core/tap.ts'
import { asLazuliError } from '../failures.ts'
import { scopeOf } from '../identity/scope.ts'
import type { TokenSource } from '../identity/token-source.ts'
import type { Sender } from '../send.ts'
import { readAll } from '../transcode.ts'
import { redirectError } from '../upstream-errors.ts'
import type { Addressing, Location } from './address.ts'
import { adviceFor } from './error-advice.ts'
import { recordingsOf } from './recording/recordings-of.ts'

const UNHEARD: AttemptTap = { head() {}, bytes() {}, end() {} }
const LIMIT_SECONDS = { connect: 10, first_byte: 20, idle: 20 }

/**
 * Tells whether an instance's address and key work, by listing its models: no tokens are used. Never throws.
 * @param now monotonic milliseconds
 */
export async function testInstance(
  instance: ConfiguredInstance,
  tools: { addressing: Addressing; sender: Sender; tokens: TokenSource; now: () => number },
): Promise<TestResult> {
  const started = tools.now()
  const elapsed = (): number => Math.round(tools.now() - started)
  let request = `GET ${instance.api_base ?? instance.name}`
  if (instance.provider_type === 'azure-gateway') {
    request = `POST ${tools.addressing.urlOf({ instance, deployment: 'MODEL', api: 'responses' }) ?? instance.name}`
    const message = 'Understood. Gateways of this kind have nothing that could be asked without using a model.'
    return { ok: true, request, ms: elapsed(), message }
  }
  if (instance.provider_type === 'recording') return testRecording(instance, elapsed())
  try {
    const url = listUrl(instance, tools.addressing.locate(instance))
    request = `GET ${url.href}`
    const api = instance.provider_type === 'anthropic' ? 'messages' : 'chat'
    const keyless = instance.credential.type === 'passthrough' && instance.provider_type !== 'simulator'
    const identified = keyless
      ? undefined
      : await tools.addressing.address({ instance, deployment: 'test', api }, undefined)
    const headers = identified?.headers ?? []
    const answer = await tools.sender.send(
      {
        method: 'GET',
        url,
        headers: [...headers, ['accept', 'application/json']],
        body: [],
        reach: instance.reach,
      },
      LIMIT_SECONDS,
      new AbortController().signal,
      UNHEARD,
    )
    const text = (await readAll(answer, 8 * 1024 * 1024)).toString('utf8')
    const facts = { request, status: answer.status, ms: elapsed() }
    if (answer.status >= 300 && answer.status < 400) {
      const { message, fix } = redirectError(answer.status, url.host)
      return { ok: false, ...facts, message, ...(fix === undefined ? {} : { fix }) }
    }
    if (answer.status < 300) return { ok: true, ...facts, message: successMessage(text) }
    if (keyless && (answer.status === 401 || answer.status === 403)) {
      return { ok: true, ...facts, message: 'The address answers. No key is stored: each caller’s own key decides.' }
    }
    const usesToken = identified?.credential?.isToken === true
    if (usesToken && answer.status === 401) tools.tokens.refused(identified.credential!.key)
    const advice = adviceFor(answer.status, text, usesToken ? scopeOf(instance, api) : undefined)
    return {
      ok: false,
      ...facts,
      message: advice?.cause ?? `The answer was ${answer.status}, which is not expected here.`,
      ...(advice === undefined ? {} : { fix: advice.fix }),
    }
  } catch (thrown) {
    const { message, fix } = asLazuliError(thrown)
    return { ok: false, request, ms: elapsed(), message, ...(fix === undefined ? {} : { fix }) }
  }
}

/** Whether its file can be read: nothing else could be wrong. */
function testRecording({ recorded, recording = '' }: ConfiguredInstance, ms: number): TestResult {
  const request = recorded?.path ?? recording
  if (recorded === undefined || 'problem' in recorded) {
    const { message = 'It names no recording.', fix } = recorded?.problem ?? {}
    return { ok: false, request, ms, message, ...(fix === undefined ? {} : { fix }) }
  }
  const playable = recordingsOf(recorded.exchanges).length
  const all = recorded.exchanges.length
  const message = `${playable} of ${all} recorded exchange${all === 1 ? '' : 's'} can be played, of ${[...recorded.models.keys()].join(', ')}.`
  return { ok: playable > 0, request, ms, message }
}

function listUrl(instance: ConfiguredInstance, location: Location): URL {
  switch (instance.provider_type) {
    case 'azure':
    case 'simulator':
    case 'recording': {
      const version = instance.models_api_version ?? instance.api_version
      const path = version === 'v1' || version === 'preview' ? '/openai/v1/models' : '/openai/models'
      const query = version === 'v1' ? '' : `?api-version=${version}`
      return new URL(`${location.origin}${location.prefix}${path}${query}`)
    }
    case 'openai':
    case 'anthropic':
    case 'generic':
    case 'azure-gateway':
      return new URL(`${location.origin}${location.base}/models`)
  }
}

function successMessage(text: string): string {
  try {
    const { data } = JSON.parse(text) as { data?: unknown }
    if (Array.isArray(data)) return `Address and key work; ${data.length} models are listed.`
  } catch {
    // Some gateways answer with a page; the status counts.
  }
  return 'Address and key work.'
}
