import { families, unknownModel } from './families.ts'
import type { ModelProfile } from './profile.ts'

const vendorPrefix = /^(?:anthropic|openai|azure)\//i
/** A dated or moving version, a date as Vertex writes it, Claude Code's window mark, a variant after a colon. */
const suffix = /(?:-(?:20\d{6}|\d{4}-\d{2}-\d{2}|latest|preview)|@\d{8}|\[1m\]|:.*)$/i

/**
 * The name without vendor prefixes and version suffixes: `anthropic/claude-sonnet-4-5-20250929[1m]` →
 * `claude-sonnet-4-5`. Case is kept. A name that is itself a deployment must be looked up as it is first.
 */
export function normaliseModelName(name: string): string {
  let current = name.trim()
  for (;;) {
    const shorter = current.replace(vendorPrefix, '').replace(suffix, '')
    if (shorter === current || shorter === '') return current
    current = shorter
  }
}

/**
 * What is known of a model by its name (the deployment's base model, not the deployment's own name where they differ).
 * An unknown Claude is taken for the newest family, an unknown GPT for the newest one; of other names nothing is known,
 * and the profile says so (`unknown`) and restricts nothing.
 */
export function profileOf(baseModel: string): ModelProfile {
  const name = normaliseModelName(baseModel).toLowerCase()
  return families.find((row) => row.pattern.test(name))?.profile ?? unknownModel
}
