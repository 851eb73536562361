/** The mapping with its past: every change is one step that can be taken back. */
import type { Rule } from '../../../shared/config.ts'

export interface RuleHistory {
  rules: readonly Rule[]
  past: readonly Step[]
  future: readonly Step[]
}

/** What a step did beside the rules, e.g. adding instances. */
export interface StepEffect {
  undo: () => Promise<unknown>
  redo: () => Promise<unknown>
}

export interface Step {
  /** What was done, e.g. `moved rule 3`. */
  what: string
  rules: readonly Rule[]
  effect?: StepEffect | undefined
}

export function historyOf(rules: readonly Rule[]): RuleHistory {
  return { rules, past: [], future: [] }
}

export function changed(history: RuleHistory, what: string, rules: readonly Rule[], effect?: StepEffect): RuleHistory {
  return { rules, past: [...history.past, { what, rules: history.rules, effect }], future: [] }
}

export function undone(history: RuleHistory): RuleHistory {
  const step = history.past.at(-1)
  if (!step) return history
  return {
    rules: step.rules,
    past: history.past.slice(0, -1),
    future: [...history.future, { ...step, rules: history.rules }],
  }
}

export function redone(history: RuleHistory): RuleHistory {
  const step = history.future.at(-1)
  if (!step) return history
  return {
    rules: step.rules,
    past: [...history.past, { ...step, rules: history.rules }],
    future: history.future.slice(0, -1),
  }
}

/** The list with one rule at another place; unchanged where there is no such place. */
export function moved(rules: readonly Rule[], from: number, to: number): readonly Rule[] {
  const rule = rules[from]
  if (!rule || to < 0 || to >= rules.length || to === from) return rules
  return rules.toSpliced(from, 1).toSpliced(to, 0, rule)
}
