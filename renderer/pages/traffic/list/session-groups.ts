/** An agent's calls under one line: rows that share a session header, where the last of them stands. */
import type { ExchangeSummary } from '../../../../shared/exchange.ts'

export interface SessionGroup {
  id: string
  client: string
  count: number
  /** Of these, how many run, and how many failed or were left. */
  active: number
  errors: number
  input: number
  output: number
  /** USD of what has a price. */
  cost: number
  unpriced: number
  /** From the begin of the first call to the end of the last, in milliseconds. */
  durationMs: number
  startedAt: number
}

export type ListItem =
  | { type: 'row'; row: ExchangeSummary; inSession: boolean }
  | { type: 'session'; group: SessionGroup; open: boolean }

/** @param closed ids of sessions whose calls are folded away */
export function groupBySession(rows: readonly ExchangeSummary[], closed: ReadonlySet<string>): ListItem[] {
  const members = new Map<string, ExchangeSummary[]>()
  for (const row of rows) {
    if (row.session === undefined) continue
    const known = members.get(row.session)
    if (known) known.push(row)
    else members.set(row.session, [row])
  }
  const items: ListItem[] = []
  for (const row of rows) {
    const group = row.session === undefined ? undefined : members.get(row.session)
    if (row.session === undefined || group === undefined) {
      items.push({ type: 'row', row, inSession: false })
    } else if (group.at(-1) === row) {
      const open = !closed.has(row.session)
      items.push({ type: 'session', group: summed(row.session, group), open })
      if (open) for (const member of group) items.push({ type: 'row', row: member, inSession: true })
    }
  }
  return items
}

function summed(id: string, rows: readonly ExchangeSummary[]): SessionGroup {
  const first = rows[0]
  const group: SessionGroup = {
    id,
    client: first?.client ?? '',
    count: rows.length,
    active: 0,
    errors: 0,
    input: 0,
    output: 0,
    cost: 0,
    unpriced: 0,
    durationMs: 0,
    startedAt: first?.startedAt ?? 0,
  }
  for (const row of rows) {
    if (row.state === 'active') group.active += 1
    if (row.state === 'failed' || row.state === 'aborted') group.errors += 1
    group.input += row.usage?.input ?? 0
    group.output += row.usage?.output ?? 0
    if (row.cost !== undefined) group.cost += row.cost
    else if (row.usage?.output !== undefined) group.unpriced += 1
    group.durationMs = Math.max(group.durationMs, row.startedAt + (row.durationMs ?? 0) - group.startedAt)
  }
  return group
}
