import type { Rule } from '../../shared/config.ts'
import type { Step } from '../../shared/exchange.ts'
import { matchesPattern } from '../../shared/model-pattern.ts'
import type { NameReading } from './read-name.ts'

export interface RuleMatch {
  /** Absent when no rule matches. */
  match?: { rule: Rule; index: number }
  steps: Step[]
}

/**
 * Finds the mapping rule for a name: the first that matches any reading of it. Only a later rule that is written for
 * the full name, letter for letter, comes before an earlier one that matched a shortened reading.
 */
export function matchRule(rules: readonly Rule[], reading: NameReading): RuleMatch {
  if (rules.length === 0) return { steps: [] }
  const full = reading.stages[0]!
  const matching = rules.map((rule) => reading.stages.some((stage) => matchesPattern(rule.model, stage)))
  let index = matching.indexOf(true)
  if (index === -1) {
    return { steps: [{ verdict: 'skip', text: noneMatch(rules.length), why: patternsOf(rules) }] }
  }
  const literal = rules.findIndex((rule) => rule.model.toLowerCase() === full)
  const wins = literal > index && !matchesPattern(rules[index]!.model, full)
  if (wins) index = literal
  const steps: Step[] = []
  if (index > 0 && !wins) {
    steps.push({ verdict: 'skip', text: notMatching(index), why: patternsOf(rules.slice(0, index)) })
  }
  const others = matching.flatMap((yes, other) => (yes && other !== index ? [other + 1] : []))
  steps.push({
    verdict: 'ok',
    text: `Rule ${index + 1} matches ${rules[index]!.model}`,
    why: wins
      ? `Written for the full name, so it comes before rule ${others[0]}`
      : others.length === 0
        ? 'First match wins; no other rule matches'
        : `First match wins; ${others.length === 1 ? `rule ${others[0]}` : `rules ${listed(others)}`} would match too`,
  })
  return { match: { rule: rules[index]!, index }, steps }
}

function noneMatch(count: number): string {
  return count === 1 ? 'The only rule does not match' : `None of the ${count} rules matches`
}

function notMatching(count: number): string {
  if (count === 1) return 'Rule 1 does not match'
  return count === 2 ? 'Rules 1 and 2 do not match' : `Rules 1 to ${count} do not match`
}

function patternsOf(rules: readonly Rule[]): string {
  const shown = rules.slice(0, 5).map((rule) => rule.model)
  const more = rules.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

function listed(numbers: readonly number[]): string {
  return `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`
}
