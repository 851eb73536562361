/** Hides keys in what is shown. */

/** Names under which settings hold secrets. `…TOKENS` counts tokens. */
const SECRET_NAMES = /(api[-_]?key|key|token|secret|password|authorization)$/i
const SHORTEST_SECRET = 8
/** A secret this long may show its ends, so that two of them can be told apart. */
const SHOWN_ENDS = 16

/** `lz-••••••3f9c`, or dots alone for a short one. */
export function masked(secret: string): string {
  return secret.length < SHOWN_ENDS ? '••••••' : `${secret.slice(0, 3)}••••••${secret.slice(-4)}`
}

/** A text without these secrets, also where they are written as JSON writes them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let result = text
  for (const secret of secrets) {
    for (const spelled of new Set([secret, JSON.stringify(secret).slice(1, -1)])) {
      result = result.replaceAll(spelled, masked(secret))
    }
  }
  return result
}

/** Values of settings whose names say that they are secret, at any depth. */
export function secretsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (typeof inner !== 'string') return secretsIn(inner)
    const secret = SECRET_NAMES.test(name) && inner.length >= SHORTEST_SECRET && !/^\d+$/.test(inner)
    return secret ? [inner] : []
  })
}
