/** Figures stand at the end of an answer, in a stream as in a document. */
const TAIL_BYTES = 16 * 1024

/** Reads from the bytes of an answer, as they pass, how many tokens it cost. Nothing is copied until the end. */
export class UsageMeter {
  #tail: Buffer[] = []
  #size = 0

  push(chunk: Buffer): void {
    this.#tail.push(chunk)
    this.#size += chunk.length
    while (this.#tail.length > 1 && this.#size - this.#tail[0]!.length >= TAIL_BYTES) {
      this.#size -= this.#tail.shift()!.length
    }
  }

  /**
   * Input and output together; undefined where the answer does not tell.
   * @param input taken where only the output is told at the end, as in a stream of Claude's
   */
  total(input: number): number | undefined {
    const text = Buffer.concat(this.#tail).subarray(-TAIL_BYTES).toString('latin1')
    const total = lastOf(text, 'total_tokens')
    if (total !== undefined) return total
    const output = lastOf(text, 'output_tokens') ?? lastOf(text, 'completion_tokens')
    if (output === undefined) return undefined
    return (lastOf(text, 'input_tokens') ?? lastOf(text, 'prompt_tokens') ?? input) + output
  }
}

/** Inside of a string the quotes would be escaped, so what a model says is never taken for a figure. */
function lastOf(text: string, key: string): number | undefined {
  const found = [...text.matchAll(new RegExp(`"${key}"\\s*:\\s*(\\d+)`, 'g'))].at(-1)?.[1]
  return found === undefined ? undefined : Number(found)
}
