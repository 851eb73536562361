import type { Fault } from '../../../shared/faults.ts'
import { EventBoundary } from '../event-boundary.ts'

/** So many bytes, and the half-open range of upstream events that caused them. */
type Causes = readonly [from: number, to: number]

/** Where the altered answer goes. */
export interface FaultSink {
  send(bytes: Buffer, causes: Causes | undefined): void
  end(): void
  /** Breaks the connection. */
  break(): void
}

interface Unit {
  bytes: Buffer
  causes: Causes | undefined
}

/** What can be done to an answer that is on its way. */
export type StreamedFault = Exclude<Fault, { kind: 'status' | 'latency' }>

/** An answer has this many bytes waiting at most before its source is stopped. */
const CONGESTED = 256 * 1024
/** An event larger than this goes on in parts, each of which counts. */
const LARGEST = 16 * 1024 * 1024

/** How each API says that an answer is over. */
const END =
  /^data: ?\[DONE\]|"finish_reason": ?"|"type": ?"(?:message_stop|message_delta|response\.(?:completed|incomplete|failed))"/m

/** Does to an answer, event by event, what a rule says. */
export class StreamFault {
  readonly #fault: StreamedFault
  readonly #sink: FaultSink
  readonly #isStream: boolean
  readonly #boundary = new EventBoundary(LARGEST)
  #causes: Causes | undefined
  #waiting: Unit[] = []
  #waitingBytes = 0
  #index = 0
  #timer: NodeJS.Timeout | undefined
  /** The pause before the next event has been kept. */
  #paused = false
  #ended = false
  #over = false
  #onDrain: (() => void) | undefined

  constructor(fault: StreamedFault, isStream: boolean, sink: FaultSink) {
    this.#fault = fault
    this.#isStream = isStream
    this.#sink = sink
  }

  /** Is more waiting than should be? */
  get congested(): boolean {
    return this.#waitingBytes > CONGESTED
  }

  /** Has all that is to go out gone out? */
  get isOver(): boolean {
    return this.#over
  }

  /** Called once when no more is waiting than should be. */
  onceDrained(then: () => void): void {
    this.#onDrain = then
  }

  push(bytes: Buffer, causes: Causes | undefined): void {
    if (this.#over) return
    this.#causes = causes
    if (this.#isStream) {
      for (const piece of this.#boundary.push(bytes)) this.#cutIntoEvents(piece, causes)
    } else {
      const half = Math.ceil(bytes.length / 2)
      this.#queue(bytes.subarray(0, half), causes)
      if (half < bytes.length) this.#queue(bytes.subarray(half), causes)
    }
    this.#go()
  }

  end(): void {
    for (const piece of this.#boundary.take()) this.#queue(piece, this.#causes)
    this.#ended = true
    this.#go()
  }

  /** The client left. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#over = true
    this.#waiting = []
  }

  #cutIntoEvents(bytes: Buffer, causes: Causes | undefined): void {
    let from = 0
    for (const match of bytes.toString('latin1').matchAll(/(?:\r\n|\n|\r(?!\n)){2,}/g)) {
      const to = match.index + match[0].length
      this.#queue(bytes.subarray(from, to), causes)
      from = to
    }
    if (from < bytes.length) this.#queue(bytes.subarray(from), causes)
  }

  #queue(bytes: Buffer, causes: Causes | undefined): void {
    this.#waiting.push({ bytes, causes })
    this.#waitingBytes += bytes.length
  }

  #go(): void {
    while (this.#timer === undefined && !this.#over) {
      const unit = this.#waiting[0]
      if (unit === undefined) {
        if (this.#ended) {
          this.#over = true
          this.#sink.end()
        }
        break
      }
      const pause = this.#paused ? 0 : this.#pauseBefore()
      if (pause > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#paused = true
          this.#go()
        }, pause)
        return
      }
      this.#paused = false
      this.#waiting.shift()
      this.#waitingBytes -= unit.bytes.length
      this.#give(unit)
      this.#index++
    }
    if (!this.congested) {
      const drained = this.#onDrain
      this.#onDrain = undefined
      drained?.()
    }
  }

  #pauseBefore(): number {
    switch (this.#fault.kind) {
      case 'stall':
        return this.#index === this.#fault.at ? this.#fault.ms : 0
      case 'slow':
        return this.#fault.ms
      case 'cut':
      case 'malformed':
      case 'missing_end':
        return 0
    }
  }

  #give({ bytes, causes }: Unit): void {
    switch (this.#fault.kind) {
      case 'cut':
        if (this.#index < this.#fault.at) this.#sink.send(bytes, causes)
        else {
          this.stop()
          this.#sink.break()
        }
        return
      case 'malformed':
        this.#sink.send(this.#index === this.#fault.at ? spoilt(bytes) : bytes, causes)
        return
      case 'missing_end':
        if (!this.#isStream || !END.test(bytes.toString('latin1'))) this.#sink.send(bytes, causes)
        return
      case 'stall':
      case 'slow':
        this.#sink.send(bytes, causes)
    }
  }
}

/** The same number of bytes, but no JSON: closing brackets are gone. */
function spoilt(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = 0; at < copy.length; at++) if (copy[at] === 0x7d || copy[at] === 0x5d) copy[at] = 0x20
  return copy
}
