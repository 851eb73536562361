import type { ServedMock } from '../../shared/exchange-files.ts'
import { LazuliError } from '../core/error.ts'
import type { ConsoleContext } from './context.ts'

export function serveAsMock(
  _context: ConsoleContext,
  _input: { ids: readonly string[]; name: string },
): Promise<ServedMock> {
  throw new LazuliError({ code: 'not_available', status: 501, message: 'This build serves no recordings.' })
}
