import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import type { Timeouts } from './send.ts'

/** Of a gateway in Azure's style, for a whole answer and for a stream (azure.md §7.4). */
const GATEWAY_SECONDS = { whole: 60, stream: 300 }

/**
 * How long one call may take, in seconds: what the instance says, else `timeouts` where it is set, else the
 * predecessor's `routing.timeout` (which bounds each wait, not the whole), else the defaults, which a gateway has of its
 * own.
 */
export function limitsFor(
  { config, sources }: Pick<Configuration, 'config' | 'sources'>,
  instance: Partial<Pick<ConfiguredInstance, 'provider_type' | 'timeout' | 'timeout_seconds' | 'stream_timeout'>>,
  stream: boolean,
): Timeouts {
  const plain = instance.timeout ?? instance.timeout_seconds
  const own = stream ? (instance.stream_timeout ?? plain) : plain
  const gateway = instance.provider_type === 'azure-gateway' ? GATEWAY_SECONDS[stream ? 'stream' : 'whole'] : undefined
  const wait = (key: 'first_byte' | 'idle'): number =>
    own ?? (sources.has(`timeouts.${key}`) ? undefined : (config.routing.timeout ?? gateway)) ?? config.timeouts[key]
  return { connect: config.timeouts.connect, first_byte: wait('first_byte'), idle: wait('idle') }
}
