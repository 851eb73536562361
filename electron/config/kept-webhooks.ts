import { AlertKind } from '../../shared/config.ts'
import type { Config } from '../../shared/config.ts'
import type { Log } from '../core/log.ts'
import type { Secrets } from './secrets.ts'

const KEPT = 'keychain:'

/** What the settings file keeps of an address that is in the keychain. @param ref name of the keychain's entry */
export function keptWebhook(ref: string): string {
  return KEPT + ref
}

/** The keychain's entry behind what the settings file keeps; undefined for a plain address. */
export function refOfWebhook(text: string): string | undefined {
  return text.startsWith(KEPT) ? text.slice(KEPT.length) : undefined
}

/** The configuration with the addresses that the keychain holds. One that cannot be read is left out, and said. */
export async function withKeptWebhooks(config: Config, secrets: Secrets, log: Log): Promise<Config> {
  const { alerts } = config
  if (alerts === undefined) return config
  const read = async (text: string): Promise<string[]> => {
    const ref = refOfWebhook(text)
    if (ref === undefined) return [text]
    try {
      const url = await secrets.get(ref)
      if (url !== undefined) return [url]
    } catch {
      // The Settings page tells the reason, with what to do about it.
    }
    log.warn({ ref }, 'The keychain does not give the address of a webhook: nothing is posted there')
    return []
  }
  const kinds = AlertKind.options.map(async (kind) => {
    const urls = await Promise.all([alerts[kind] ?? []].flat().map(read))
    return [kind, urls.flat()] as const
  })
  return { ...config, alerts: Object.fromEntries(await Promise.all(kinds)) }
}
