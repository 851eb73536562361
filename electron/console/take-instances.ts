import type { Instance } from '../../shared/config.ts'
import type { ImportedInstance } from '../config/import-mapping.ts'
import { LazuliError } from '../core/error.ts'
import type { ConsoleContext } from './context.ts'
import { namedInstance } from './instance-draft.ts'
import { replaced } from './replace-instance.ts'

type Settings = Record<string, unknown>

/**
 * Writes instances into the settings, their keys into the keychain, together with another change: all of it, or nothing.
 * @throws LazuliError 409 for one that another source defines, and what writing throws
 */
export async function takeInstances(
  context: ConsoleContext,
  taken: readonly ImportedInstance[],
  alsoChange: (settings: Settings) => Settings,
): Promise<void> {
  const current = context.configuration.current()
  const newRefs: string[] = []
  const oldRefs: string[] = []
  const written: { name: string; isThere: boolean; next: Omit<Instance, 'api_key'> }[] = []
  try {
    for (const { instance } of taken) {
      const { api_key: key, key_ref: _ref, ...plain } = instance
      const before = namedInstance(current, plain.name)
      if (before !== undefined && before.source !== 'settings' && before.source !== 'default') throw fixed(plain.name)
      if (before?.key_ref !== undefined) oldRefs.push(before.key_ref)
      const ref = key === undefined ? undefined : `instance/${plain.name}/${context.newId()}`
      if (ref !== undefined) {
        newRefs.push(ref)
        await context.secrets.set(ref, key!)
      }
      const next = { ...plain, ...(ref === undefined ? {} : { key_ref: ref }) }
      written.push({ name: plain.name, isThere: before?.source === 'settings', next })
    }
    await context.configuration.changeSettings((settings) => {
      let instances: unknown = settings['instances']
      for (const { name, isThere, next } of written) instances = replaced(instances, isThere ? name : undefined, next)
      return alsoChange(written.length === 0 ? settings : { ...settings, instances })
    })
  } catch (error) {
    await Promise.all(newRefs.map((ref) => context.secrets.remove(ref)))
    throw error
  }
  await Promise.all(oldRefs.map((ref) => context.secrets.remove(ref)))
}

function fixed(name: string): LazuliError {
  return new LazuliError({
    code: 'setting_fixed',
    status: 409,
    message: `The instance ${name} is set outside of these settings.`,
    fix: 'Leave it out, or change it where it is set.',
  })
}
