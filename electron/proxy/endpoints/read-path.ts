/** One API under the many paths by which its clients know it. */
export interface ReadPath {
  /** As OpenAI and Anthropic write it, without `/v1` and without a slash at the end: `/chat/completions`. */
  path: string
  /** The deployment that an Azure path names; it counts for more than the body's model. */
  deployment?: string
  /** The path is one of Anthropic's API in Foundry. */
  anthropic: boolean
}

/**
 * Reads a path as OpenAI's, Anthropic's and Azure's clients write it: with and without `/v1`,
 * `/openai/deployments/{d}/…`, `/openai/v1/…`, `/openai/…`, `/anthropic/v1/…`, a project's endpoint in front of them,
 * `/engines/{model}/…`, and Model Inference's `/models/chat/completions`.
 */
export function readPath(sent: string): ReadPath {
  const path = sent.replace(/(?<=.)\/+$/, '').replace(/^\/api\/projects\/[^/]+(?=\/(?:openai|anthropic)(?:\/|$))/, '')
  const anthropic = /^\/anthropic(?:\/v1)?(\/.+)$/.exec(path)
  if (anthropic !== null) return { path: anthropic[1]!, anthropic: true }
  const inference = /^\/models(\/(?:chat\/completions|embeddings|images\/embeddings))$/.exec(path)
  if (inference !== null) return { path: inference[1]!, anthropic: false }
  const bare = path.replace(/^\/openai(?=\/)/, '').replace(/^\/v1(?=\/)/, '')
  const named = /^\/(?:deployments|engines)\/([^/]+)(\/.+)$/.exec(bare)
  if (named !== null) return { path: named[2]!, deployment: decoded(named[1]!), anthropic: false }
  return { path: bare, anthropic: false }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
