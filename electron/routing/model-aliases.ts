/** Names that mean the same model, as data: what clients say → how Azure writes it. */
export interface ModelAlias {
  /** Matched against the lower-case name without prefix and date. */
  pattern: RegExp
  /** Replacement as for `String.replace`. */
  azure: string
  /** When the fact was read, `YYYY-MM-DD`. */
  asOf: string
  source: string
}

const azureNames = 'learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure'
const claudeNames = 'learn.microsoft.com/azure/foundry/foundry-models/how-to/use-foundry-models-claude'

export const modelAliases: readonly ModelAlias[] = [
  // Azure leaves the dot out, because older resources did not take it in a deployment's name.
  { pattern: /^gpt-3\.5-turbo(?=$|-)/, azure: 'gpt-35-turbo', asOf: '2026-11-20', source: azureNames },
  // Anthropic's names have dashes in their versions, some catalogues and tools write dots.
  { pattern: /^(claude-.*?\d)\.(?=\d)/, azure: '$1-', asOf: '2026-11-20', source: claudeNames },
]

/** The name as Azure writes it. Takes a lower-case name; returns it unchanged if it has no alias. */
export function azureSpelling(name: string): string {
  for (const alias of modelAliases) {
    const spelled = name.replace(alias.pattern, alias.azure)
    if (spelled !== name) return spelled
  }
  return name
}

/**
 * The other spelling under which the same deployment may exist, e.g. `claude-sonnet-4-5` ⇄ `claude-sonnet-4.5`; to be
 * tried once when Azure says that there is no such deployment. Undefined where there is only one.
 */
export function otherSpelling(name: string): string | undefined {
  const azure = azureSpelling(name)
  if (azure !== name) return azure
  const dotted = name.replace(/^(claude-(?:[a-z]+-)?\d)-(?=\d(?:-|$))/, '$1.').replace(/^gpt-35(?=-turbo)/, 'gpt-3.5')
  return dotted === name ? undefined : dotted
}
