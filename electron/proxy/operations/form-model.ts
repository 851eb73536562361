/**
 * Finds the field `model` in a form while the form is still arriving. What stands before it must be kept until then,
 * because the address upstream may depend on it; what comes after it flows.
 */
import { LazuliError } from '../../core/error.ts'

export interface FormModel {
  name: string
  /** Its place in the body; offsets from the body's first byte, the end exclusive. */
  start: number
  end: number
}

/** A part's headers are short, and so is a model's name. */
const MAX_PART_HEADERS = 16 * 1024
const MAX_NAME = 1024
const PART_END = Buffer.from('\r\n\r\n')

/** @throws LazuliError 400 for a form without a usable boundary */
export function boundaryOf(contentType: string | undefined): string {
  const match = /;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType ?? '')
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) throw malformed('The form’s Content-Type has no boundary.')
  return boundary
}

export class FormModelFinder {
  /** Where the first part begins: its boundary. */
  firstPart: number | undefined
  readonly #first: Buffer
  readonly #next: Buffer
  #state: 'start' | 'headers' | 'skip' | 'model' | 'done' = 'start'
  /** Bytes that are not decided yet, and where they stand in the body. */
  #window: Buffer = Buffer.alloc(0)
  #offset = 0

  constructor(boundary: string) {
    this.#first = Buffer.from(`--${boundary}`)
    this.#next = Buffer.from(`\r\n--${boundary}`)
  }

  /** Has all that can be known been seen: the field, or the end of the form? */
  get done(): boolean {
    return this.#state === 'done'
  }

  /**
   * @returns the field, once it is complete
   * @throws LazuliError 400 for what is not a form
   */
  push(chunk: Buffer): FormModel | undefined {
    this.#window = this.#window.length === 0 ? chunk : Buffer.concat([this.#window, chunk])
    for (;;) {
      const before = `${this.#state} ${this.#offset}`
      const found = this.#step()
      if (found !== undefined) return found
      if (this.#state === 'done' || before === `${this.#state} ${this.#offset}`) return undefined
    }
  }

  #step(): FormModel | undefined {
    switch (this.#state) {
      case 'start':
        return this.#find(this.#first, MAX_PART_HEADERS, 'start')
      case 'skip':
        return this.#find(this.#next, Infinity, 'skip')
      case 'headers':
        this.#readHeaders()
        return undefined
      case 'model':
        return this.#readModel()
      case 'done':
        return undefined
    }
  }

  /** Moves behind the next boundary. */
  #find(mark: Buffer, within: number, from: 'start' | 'skip'): undefined {
    const at = this.#window.indexOf(mark)
    if (at === -1) {
      if (this.#window.length > within) throw malformed('The body is not the form that its Content-Type declares.')
      // The boundary may stand across two reads; what is before it is of no interest.
      if (from === 'skip') this.#drop(Math.max(0, this.#window.length - mark.length))
      return
    }
    if (from === 'start') this.firstPart = this.#offset + at
    this.#drop(at + mark.length)
    this.#state = 'headers'
  }

  #readHeaders(): void {
    if (this.#window.length >= 2 && this.#window.toString('latin1', 0, 2) === '--') {
      this.#state = 'done'
      return
    }
    const end = this.#window.indexOf(PART_END)
    if (end === -1) {
      if (this.#window.length > MAX_PART_HEADERS) throw malformed('The headers of a part of the form do not end.')
      return
    }
    const headers = this.#window.toString('utf8', 0, end)
    // The value begins with the blank line's own break, so that an empty one ends right there.
    this.#drop(end + 2)
    this.#state = /^content-disposition:[^\r\n]*;\s*name="?model"?\s*(?:;|$)/im.test(headers) ? 'model' : 'skip'
  }

  #readModel(): FormModel | undefined {
    const end = this.#window.indexOf(this.#next)
    if (end === -1) {
      if (this.#window.length > MAX_NAME) throw malformed('The field "model" of the form is too long.')
      return undefined
    }
    const start = Math.min(2, end)
    const name = this.#window.toString('utf8', start, end).trim()
    const place = { name, start: this.#offset + start, end: this.#offset + end }
    this.#state = 'done'
    return place
  }

  #drop(bytes: number): void {
    this.#window = this.#window.subarray(bytes)
    this.#offset += bytes
  }
}

function malformed(message: string): LazuliError {
  return new LazuliError({
    code: 'proxy_invalid_form',
    status: 400,
    message,
    fix: 'Send multipart/form-data as your client’s library writes it.',
    param: 'model',
  })
}
