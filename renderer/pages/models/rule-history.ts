/** The mapping with its past: every change is one step that can be taken back. */
import type { Rule } from '../../../shared/config.ts'

export interface RuleHistory {
  rules: readonly Rule[]
  past: readonly Step[]
  future: readonly Step[]
}

interface Step {
  /** What was done, e.g. `moved rule 3`. */
  what: string
  rules: readonly Rule[]
}

export function historyOf(rules: readonly Rule[]): RuleHistory {
  return { rules, past: [], future: [] }
}

export function changed(history: RuleHistory, what: string, rules: readonly Rule[]): RuleHistory {
  return { rules, past: [...history.past, { what, rules: history.rules }], future: [] }
}

export function undone(history: RuleHistory): RuleHistory {
  const step = history.past.at(-1)
  if (!step) return history
  return {
    rules: step.rules,
    past: history.past.slice(0, -1),
    future: [...history.future, { what: step.what, rules: history.rules }],
  }
}

export function redone(history: RuleHistory): RuleHistory {
  const step = history.future.at(-1)
  if (!step) return history
  return {
    rules: step.rules,
    past: [...history.past, { what: step.what, rules: history.rules }],
    future: history.future.slice(0, -1),
  }
}

/** The list with one rule moved up or down by one; unchanged at the ends. */
export function moved(rules: readonly Rule[], at: number, by: -1 | 1): readonly Rule[] {
  const rule = rules[at]
  const other = rules[at + by]
  if (!rule || !other) return rules
  return rules.map((same, index) => (index === at ? other : index === at + by ? rule : same))
}
