import type { DialectId } from '../../shared/exchange.ts'

const NAMES: Record<DialectId, { name: string; letter: string }> = {
  chat: { name: 'Chat', letter: 'C' },
  responses: { name: 'Responses', letter: 'R' },
  messages: { name: 'Messages', letter: 'M' },
}

export function dialectName(dialect: DialectId): string {
  return NAMES[dialect].name
}

/** `M`, or `C→M` when the call was translated. */
export function dialectPair(client: DialectId | undefined, upstream: DialectId | undefined): string {
  if (client === undefined) return ''
  const from = NAMES[client].letter
  return upstream === undefined || upstream === client ? from : `${from}→${NAMES[upstream].letter}`
}
