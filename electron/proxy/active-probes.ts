import type { TestResult } from '../../shared/instance-view.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import type { Health } from '../routing/health.ts'

export interface ActiveProbes {
  /** Begins, changes pace or stops, as the current configuration says. */
  apply(): void
  close(): void
}

interface ActiveProbesOptions {
  configuration: () => Configuration
  /** Asks for the list of models, which uses none of them. Never rejects. */
  test: (instance: ConfiguredInstance) => Promise<TestResult>
  health: Health
  /** Calls back again and again; returns what stops it. */
  every: (ms: number, run: () => void) => () => void
}

/**
 * Asks every instance that has a credential of its own for its list of models, at the pace of `routing.probe_seconds`:
 * one that answers need not wait for the end of its rest, and one that refuses the credential is known before a request
 * finds out. Beside the requests, never in their way.
 */
export function createActiveProbes({ configuration, test, health, every }: ActiveProbesOptions): ActiveProbes {
  const asking = new Set<string>()
  let pace: number | undefined
  let stop = (): void => {}
  const probe = async (instance: ConfiguredInstance): Promise<void> => {
    // One that answers slowly is not asked twice at once.
    if (asking.has(instance.name)) return
    asking.add(instance.name)
    const { ok, status, fix } = await test(instance)
    asking.delete(instance.name)
    // Meanwhile its settings may have changed; then the answer is about others.
    if (!configuration().instances.includes(instance)) return
    if (ok) health.reached(instance.name)
    else if (status === 401 || status === 403) health.refused(instance, fix ?? '')
  }
  const round = (): void => {
    for (const instance of configuration().instances) if (isAskable(instance)) void probe(instance)
  }
  const change = (seconds: number | undefined): void => {
    if (seconds === pace) return
    stop()
    pace = seconds
    stop = seconds === undefined ? () => {} : every(seconds * 1000, round)
  }
  return {
    apply: () => change(configuration().config.routing.probe_seconds),
    close: () => change(undefined),
  }
}

/** Without a key of its own an answer says nothing; gateways and the simulator have no list that would. */
function isAskable({ enabled, provider_type: provider, credential }: ConfiguredInstance): boolean {
  if (!enabled || provider === 'azure-gateway' || provider === 'simulator' || provider === 'recording') return false
  return credential.type === 'key' || credential.type === 'entra'
}

/** The system's clock; it keeps no program running. */
export function everyMs(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms).unref()
  return () => clearInterval(timer)
}
