import type { Configuration } from './configuration.ts'

/** Shorter texts stand in too many places to be looked for; a key is never that short. */
const SHORTEST = 8

/** Values that must never be stored, logged or shown. */
export function secretsOf({ config, instances, token }: Configuration): string[] {
  const keys = instances.flatMap(({ credential }) => (credential.type === 'key' ? [credential.key] : []))
  const others = [token, config.server.admin_token, config.logging.feishu_webhook]
  return [...others.filter((each) => each !== undefined && each.length >= SHORTEST), ...keys] as string[]
}
