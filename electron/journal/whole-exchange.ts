import type { BundledExchange, BundledLane } from '../../shared/bundle.ts'
import type { ExchangeDetail, Lane, LanePage } from '../../shared/exchange.ts'

/** Where recorded exchanges are read from; the journal is one. */
export interface ExchangeSource {
  get(id: string): Promise<ExchangeDetail | undefined>
  events(page: { id: string; lane: Lane; from: number; limit: number }): Promise<LanePage>
}

/** Is given each exchange once it is stored, in the order in which they ended. */
export interface Recorder {
  ended(id: string, journal: RecordedJournal): void
  /** All have ended; what is still to be written is written before the journal closes. */
  finish(journal: RecordedJournal): Promise<void>
}

/** Of the journal, what a recorder needs. */
export interface RecordedJournal extends ExchangeSource {
  flush(): Promise<void>
  /** Known secrets in a text are masked. */
  redacted(text: string): string
}

const pageEvents = 5000

/** Everything of an exchange that has ended; undefined when there is none such, or it still runs. */
export async function wholeExchange(source: ExchangeSource, id: string): Promise<BundledExchange | undefined> {
  const detail = await source.get(id)
  if (detail === undefined || detail.summary.state === 'active') return undefined
  return { detail, upstream: await wholeLane(source, id, 'upstream'), client: await wholeLane(source, id, 'client') }
}

async function wholeLane(source: ExchangeSource, id: string, lane: Lane): Promise<BundledLane> {
  const whole: BundledLane = { events: [], truncated: false }
  let from: number | undefined = 0
  while (from !== undefined) {
    const page: LanePage = await source.events({ id, lane, from, limit: pageEvents })
    for (const event of page.events) whole.events.push(event)
    whole.truncated = page.truncated
    // A lane that still grows always names a next one; an empty page means that this is all.
    from = page.events.length === 0 ? undefined : page.next
  }
  return whole
}
