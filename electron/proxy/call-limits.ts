import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import type { Timeouts } from './send.ts'

/**
 * How long one call may take, in seconds: what the instance says, else `timeouts` where it is set, else the
 * predecessor's `routing.timeout` (which bounds each wait, not the whole), else the defaults.
 */
export function limitsFor(
  { config, sources }: Pick<Configuration, 'config' | 'sources'>,
  instance: Pick<ConfiguredInstance, 'timeout' | 'timeout_seconds' | 'stream_timeout'>,
  stream: boolean,
): Timeouts {
  const plain = instance.timeout ?? instance.timeout_seconds
  const own = stream ? (instance.stream_timeout ?? plain) : plain
  const wait = (key: 'first_byte' | 'idle'): number =>
    own ?? (sources.has(`timeouts.${key}`) ? undefined : config.routing.timeout) ?? config.timeouts[key]
  return { connect: config.timeouts.connect, first_byte: wait('first_byte'), idle: wait('idle') }
}
