import type { FaultRule } from '../../../shared/faults.ts'
import { matchesPattern } from '../../../shared/model-pattern.ts'
import { LazuliError } from '../../core/error.ts'

/** The rules of faults that are in force. The first that is drawn for a request counts. */
export class Faults {
  #rules: readonly FaultRule[]
  readonly #random: () => number

  /** @param random from 0 to 1, below 1 */
  constructor(random: () => number, kept: readonly FaultRule[] = []) {
    this.#random = random
    this.#rules = kept
  }

  get rules(): readonly FaultRule[] {
    return this.#rules
  }

  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules
  }

  /** The rule that strikes this request, if any. @param client told only when a rule asks for it */
  draw(model: string, client: () => string): FaultRule | undefined {
    return this.#rules.find(
      (rule) =>
        rule.enabled &&
        (rule.model === undefined || matchesPattern(rule.model, model)) &&
        (rule.client === undefined || matchesPattern(rule.client, client())) &&
        this.#random() < rule.probability,
    )
  }
}

/** The refusal of a rule that answers with a status. */
export function faultError(status: number): LazuliError {
  return new LazuliError({
    code: 'proxy_fault_injected',
    status,
    message: `This is a fault on purpose: a rule in Traffic → Faults answers ${status}.`,
    fix: 'Switch the rule off to have real answers again.',
    retryable: true,
  })
}
