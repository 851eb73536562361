/** What will hardly do what its author wants, rule by rule; and what would put it right. */
import type { Rule } from '../../../shared/config.ts'
import type { ServedDeployment } from '../../../shared/model-facts.ts'
import { coversPattern } from '../../../shared/model-pattern.ts'
import { nearestNames } from '../../../shared/nearest-names.ts'

export type RuleFix =
  /** Moves the rule to this place. */
  | { label: string; moveTo: number }
  /** Changes the rule to this. */
  | { label: string; rule: Rule }

export interface RuleProblem {
  field: 'model' | 'instances' | 'deployment'
  message: string
  fix?: RuleFix
}

export interface KnownPlaces {
  instances: readonly { name: string; enabled: boolean }[]
  /** Undefined: not asked yet. */
  deployments: readonly ServedDeployment[] | undefined
}

/** Problems of each rule, in the order of the rules. */
export function ruleProblems(rules: readonly Rule[], places: KnownPlaces): RuleProblem[][] {
  return rules.map((rule, index) => [
    ...unreachable(rules, index),
    ...unknownInstances(rule, places),
    ...unknownDeployment(rule, places),
  ])
}

function unreachable(rules: readonly Rule[], index: number): RuleProblem[] {
  const { model } = rules[index]!
  const before = rules.slice(0, index)
  const same = before.findIndex((other) => other.model.toLowerCase() === model.toLowerCase())
  if (same !== -1) {
    return [{ field: 'model', message: `Never reached: rule ${same + 1} is for the same name.` }]
  }
  const wider = before.findIndex((other) => coversPattern(other.model, model))
  if (wider === -1) return []
  return [
    {
      field: 'model',
      message: `Never reached: rule ${wider + 1} (${before[wider]!.model}) comes first and matches all of it.`,
      fix: { label: `Move above rule ${wider + 1}`, moveTo: wider },
    },
  ]
}

function unknownInstances(rule: Rule, { instances }: KnownPlaces): RuleProblem[] {
  // Nothing is known yet; a page that loads accuses nobody.
  if (instances.length === 0) return []
  const names = instances.map(({ name }) => name)
  return rule.instances.flatMap((wanted): RuleProblem[] => {
    const found = instances.find(({ name }) => isSame(name, wanted))
    if (found?.enabled === true) return []
    if (found !== undefined) return [{ field: 'instances', message: `${found.name} is switched off.` }]
    const [near] = nearestNames(wanted, names, 1)
    const changed = (name: string): Rule => ({
      ...rule,
      instances: rule.instances.map((each) => (each === wanted ? name : each)),
    })
    return [
      {
        field: 'instances',
        message: `There is no instance ${wanted}.`,
        ...(near === undefined ? {} : { fix: { label: `Use ${near}`, rule: changed(near) } }),
      },
    ]
  })
}

/** Only where a resource has told which deployments it has. */
function unknownDeployment(rule: Rule, { deployments = [], instances }: KnownPlaces): RuleProblem[] {
  const { deployment } = rule
  if (deployment === undefined) return []
  const asked = rule.instances.length > 0 ? rule.instances : instances.map(({ name }) => name)
  const listings = asked.map((name) => ({
    name,
    isTold: deployments.some((one) => isSame(one.instance, name) && one.listed !== undefined),
    listed: deployments.filter((one) => isSame(one.instance, name) && one.listed === true).map((one) => one.deployment),
  }))
  const lacking = listings.filter(({ isTold, listed }) => isTold && !listed.some((one) => isSame(one, deployment)))
  // A rule for any instance is right where one of them has it, or may have it.
  if (lacking.length === 0 || (rule.instances.length === 0 && lacking.length < listings.length)) return []
  const [near] = nearestNames(
    deployment,
    lacking.flatMap(({ listed }) => listed),
    1,
  )
  return [
    {
      field: 'deployment',
      message: `${lacking.map(({ name }) => name).join(' and ')} ${lacking.length === 1 ? 'has' : 'have'} no deployment ${deployment}.`,
      ...(near === undefined ? {} : { fix: { label: `Use ${near}`, rule: { ...rule, deployment: near } } }),
    },
  ]
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
