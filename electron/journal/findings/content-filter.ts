import type { Find } from './evidence.ts'

/** What Azure's filters are called in its answers, and what they look for. */
const categories: Readonly<Record<string, string>> = {
  hate: 'hate and unfairness',
  self_harm: 'self-harm',
  sexual: 'sexual content',
  violence: 'violence',
  profanity: 'profanity',
  jailbreak: 'an attempt to get around the model’s rules',
  indirect_attack: 'instructions hidden in a document',
  protected_material_text: 'text that is protected',
  protected_material_code: 'code that is published under a licence',
  custom_blocklists: 'a word of a blocklist',
  ungrounded_material: 'something that the sources do not say',
  personally_identifiable_information: 'personal data',
  task_adherence: 'an act that was not asked for',
}

interface Verdict {
  category: string
  severity: string | undefined
}

/** A content filter stopped the request or the answer. */
export const findContentFilter: Find = ({ summary, upstream }) => {
  if (!summary.flags.includes('filtered')) return undefined
  const verdicts = readVerdicts(upstream.bytes)
  const onPrompt = (summary.status ?? 200) >= 400 || blockedPrompt(upstream.bytes)
  const who = onPrompt ? 'The request' : 'The answer'
  if (verdicts.length === 0) {
    const refused = summary.upstreamDialect === 'messages' || !upstream.bytes.includes('content_filter')
    return {
      kind: 'content-filter',
      severity: 'error',
      title: refused ? 'Refused' : 'Filtered',
      explanation: refused
        ? 'The model refused to go on; it gives no category.'
        : `${who} was stopped by a content filter, which did not say why.`,
      fix: 'Say in the request what it is for, or take out what may look harmful.',
      related: [],
    }
  }
  const named = verdicts.map(({ category, severity }) => {
    const what = categories[category] ?? category.replaceAll('_', ' ')
    return severity === undefined ? what : `${what} (severity ${severity})`
  })
  return {
    kind: 'content-filter',
    severity: 'error',
    title: `Filtered: ${verdicts.map(({ category }) => category.replaceAll('_', ' ')).join(', ')}`,
    explanation: `${who} was stopped by the deployment’s content filter: it saw ${named.join(' and ')}.${
      onPrompt ? ' The model was not asked.' : ' What the client has is cut off there.'
    }`,
    fix: `Change ${onPrompt ? 'the wording of the request' : 'what is asked for'}, or give the deployment a content filter with another threshold.`,
    related: [],
  }
}

/** Categories that were filtered or detected. They stand as flat objects, or as a list of them, in every one of Azure's APIs. */
export function readVerdicts(bytes: Buffer): Verdict[] {
  if (!bytes.includes('"filtered"')) return []
  const found = new Map<string, Verdict>()
  const text = bytes.toString('utf8')
  for (const [, category = '', inside = ''] of text.matchAll(
    /"([a-z_]+)"\s*:\s*\{([^{}[\]]*"filtered"\s*:\s*true[^{}[\]]*)/g,
  )) {
    const severity = /"severity"\s*:\s*"(\w+)"/.exec(inside)?.[1]
    if (!found.has(category) || severity !== undefined) found.set(category, { category, severity })
  }
  return [...found.values()]
}

/** Responses says of each list of verdicts what it was about. */
const blockedPrompt = (bytes: Buffer): boolean =>
  bytes.includes('"source_type":"prompt"') &&
  /"blocked"\s*:\s*true[^{}]*"source_type"\s*:\s*"prompt"/.test(bytes.toString('utf8'))
