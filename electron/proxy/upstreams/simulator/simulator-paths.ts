/** What a request to the simulator asks for. */
export type Operation =
  | { kind: 'chat' | 'embeddings'; deployment: string | undefined }
  | { kind: 'models' }
  | { kind: 'model'; model: string }
  | { kind: 'responses' | 'messages' | 'count-tokens' }

/** Reads method and target as Azure and Foundry lay them out; undefined for what is not there. */
export function readOperation(method: string, target: string): Operation | undefined {
  const url = new URL(target, 'http://simulator.invalid')
  const path = url.pathname.replace(/\/+$/, '')
  if (method === 'GET') {
    if (path === '/openai/v1/models' || (path === '/openai/models' && dated(url))) return { kind: 'models' }
    const model = /^\/openai\/v1\/models\/([^/]+)$/.exec(path)?.[1]
    return model === undefined ? undefined : { kind: 'model', model: decoded(model) }
  }
  if (method !== 'POST') return undefined
  switch (path) {
    case '/openai/v1/chat/completions':
      return { kind: 'chat', deployment: undefined }
    case '/openai/v1/embeddings':
      return { kind: 'embeddings', deployment: undefined }
    case '/openai/v1/responses':
      return { kind: 'responses' }
    case '/openai/responses':
      return dated(url) ? { kind: 'responses' } : undefined
    case '/anthropic/v1/messages':
      return { kind: 'messages' }
    case '/anthropic/v1/messages/count_tokens':
      return { kind: 'count-tokens' }
    default: {
      const match = /^\/openai\/deployments\/([^/]+)\/(chat\/completions|embeddings)$/.exec(path)
      if (match === null || !dated(url)) return undefined
      return { kind: match[2] === 'embeddings' ? 'embeddings' : 'chat', deployment: decoded(match[1]!) }
    }
  }
}

/** The older paths exist only together with a version. */
function dated(url: URL): boolean {
  return (url.searchParams.get('api-version') ?? '') !== ''
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
