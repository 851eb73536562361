import type { Configuration } from '../../config/configuration.ts'
import { shownConfiguration } from '../../config/shown-configuration.ts'

/**
 * What is active now, in the Python proxy's envelope and without secrets.
 * @param now milliseconds since the epoch
 */
export function configurationDocument(configuration: Configuration, now: number): Record<string, unknown> {
  return envelope('Configuration retrieved successfully', now, shownConfiguration(configuration))
}

/**
 * Reads every source again and tells what is active then. Requests that run keep the configuration they began with.
 * @param now milliseconds since the epoch
 * @throws LazuliError 400 with file and line; nothing has changed then
 */
export async function reloadDocument(
  reload: () => Promise<Configuration>,
  now: () => number,
): Promise<Record<string, unknown>> {
  const { instances, version } = await reload()
  return envelope('Configuration reloaded successfully', now(), {
    instances_count: instances.length,
    config_version: version,
  })
}

function envelope(message: string, now: number, data: unknown): Record<string, unknown> {
  return { status: 'success', message, timestamp: Math.floor(now / 1000), data }
}
