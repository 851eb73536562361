/**
 * The thread in which tokens are counted: the tables of the tokenizer take a third of a second to load and tens of
 * megabytes, which nobody pays who never asks.
 */
import { parentPort } from 'node:worker_threads'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { LazuliError } from '../../core/error.ts'
import { countable } from './countable.ts'
import { countTexts } from './count-text.ts'
import type { Counted, CountQuestion } from './protocol.ts'

/** Code units that are counted one by one, about a million tokens; beyond, the rest is taken to be alike. */
const COUNT_LIMIT = 4 * 1024 * 1024
/** A text that writes a mark like `<|endoftext|>` means the letters. */
const PLAIN = { disallowedSpecial: new Set<string>() }

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

port.on('message', ({ number, body }: CountQuestion) => {
  const counted: Counted = { number, ...count(body) }
  port.postMessage(counted)
})

function count(body: Uint8Array): { tokens: number } | { refused: { message: string; param: string | undefined } } {
  try {
    const { texts, extra } = countable(JSON.parse(Buffer.from(body).toString('utf8')))
    return { tokens: extra + countTexts(texts, (text) => countTokens(text, PLAIN), COUNT_LIMIT) }
  } catch (error) {
    if (error instanceof LazuliError) return { refused: { message: error.message, param: error.param } }
    return { refused: { message: 'The request body is not valid JSON.', param: undefined } }
  }
}
