/** Exchanges as files: out of the store, into it, and served as an upstream. */
import type { ExportedFile, ExportFormat, ServedMock } from '../../shared/exchange-files.ts'
import type { Lane } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import type { ConsoleContext } from './context.ts'

export function exportFile(
  _context: ConsoleContext,
  _input: { ids: readonly string[]; format: ExportFormat; lane?: Lane | undefined },
): Promise<ExportedFile> {
  throw missing()
}

export function importBundle(_context: ConsoleContext, _text: string): Promise<{ ids: string[]; renamed: number }> {
  throw missing()
}

export function serveAsMock(
  _context: ConsoleContext,
  _input: { ids: readonly string[]; name: string },
): Promise<ServedMock> {
  throw missing()
}

function missing(): LazuliError {
  return new LazuliError({ code: 'not_available', status: 501, message: 'This build has no files of exchanges.' })
}
