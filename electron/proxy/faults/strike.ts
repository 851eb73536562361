import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Header } from '../../../shared/exchange.ts'
import { describeFault } from '../../../shared/faults.ts'
import { clientName } from '../../core/client-name.ts'
import type { Exchange } from '../exchange.ts'
import { faultError, type Faults } from './faults.ts'

/**
 * Does to a request what a rule of faults says, if one strikes it: refuses it, delays it, or sees to it that its answer
 * meets the fault on its way.
 *
 * @throws LazuliError `proxy_fault_injected`
 */
export async function strike(exchange: Exchange, model: string, faults: Faults): Promise<void> {
  if (faults.rules.length === 0) return
  const rule = faults.draw(model, () => clientName(listed(exchange.request.headers)))
  if (rule === undefined) return
  exchange.tap.describe({ fault: describeFault(rule.fault) })
  exchange.answer.announce([['x-lazuli-fault', rule.fault.kind]])
  const { fault } = rule
  switch (fault.kind) {
    case 'status': {
      const { retryAfter } = fault
      if (retryAfter !== undefined) exchange.answer.announce([['retry-after', String(retryAfter)]])
      throw faultError(fault.status)
    }
    case 'latency':
      await sleep(fault.ms, undefined, { signal: exchange.answer.signal })
      return
    case 'stall':
    case 'cut':
    case 'malformed':
    case 'missing_end':
    case 'slow':
      exchange.answer.meddle(fault)
  }
}

function listed(headers: IncomingHttpHeaders): Header[] {
  return Object.entries(headers).flatMap(([name, value]): Header[] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
}
