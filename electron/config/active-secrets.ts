import { alertTargets } from './alert-targets.ts'
import type { Configuration } from './configuration.ts'

/** Shorter texts stand in too many places to be looked for; a key is never that short. */
const SHORTEST = 8

/** The password in front of an address's host, as it is written and as it is meant, and both with the name as they travel. */
export function secretsInAddress(address: string): string[] {
  if (!URL.canParse(address)) return []
  const { username, password } = new URL(address)
  if (username === '' && password === '') return []
  const plain = `${decoded(username)}:${decoded(password)}`
  const found = [password, decoded(password), Buffer.from(plain).toString('base64')]
  return [...new Set(found)].filter((each) => each.length >= SHORTEST)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Values that must never be stored, logged or shown. */
export function secretsOf({ config, instances, token }: Configuration): string[] {
  const keys = instances.flatMap(({ credential, entra, proxy_url: proxy }) => [
    ...(credential.type === 'key' ? [credential.key] : []),
    ...(entra?.client_secret === undefined ? [] : [entra.client_secret]),
    ...(proxy === undefined ? [] : secretsInAddress(proxy)),
  ])
  const webhooks = alertTargets(config).flatMap(({ url }) => [url, new URL(url).pathname.split('/').at(-1)])
  const named = config.server.keys.map(({ key }) => key)
  const others = [token, config.server.admin_token, ...named, ...webhooks]
  return [...others.filter((each) => each !== undefined && each.length >= SHORTEST), ...keys] as string[]
}
