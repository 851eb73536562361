import type { Source } from '../../shared/config.ts'
import { LazuliError } from '../core/error.ts'

/**
 * What another source sets would win over the settings file: a change there would never be read.
 *
 * @param what with its verb: `The budgets are`
 * @throws LazuliError 409
 */
export function refuseFixed(what: string, source: Source): void {
  if (source === 'settings' || source === 'default') return
  throw new LazuliError({
    code: 'setting_fixed',
    status: 409,
    message: `${what} set by the ${source === 'file' ? 'configuration file' : source}.`,
    fix: 'Change it there; what is made here would never be read.',
  })
}
