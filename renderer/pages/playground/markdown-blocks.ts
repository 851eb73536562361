/**
 * Cuts markdown into parts that can be read on their own, so that a growing answer is not parsed from its start with
 * every token. Cut only where it cannot change the meaning: before a line that begins a block by itself after an empty
 * line, outside of a fence. A text that refers to definitions elsewhere in it is not cut at all.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})/
/** Could continue a list, a quote or an indented block. */
const CONTINUES = /^(\s|[-*+](\s|$)|\d+[.)](\s|$)|>)/
/** `[name]: address` or a footnote: parts that others refer to. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m

export function markdownBlocks(text: string): string[] {
  if (DEFINITION.test(text)) return [text]
  const blocks: string[] = []
  let block: string[] = []
  let fence: string | undefined
  let afterEmpty = false
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1]
    if (fence === undefined && afterEmpty && line !== '' && !CONTINUES.test(line) && block.length > 0) {
      blocks.push(block.join('\n'))
      block = []
    }
    if (mark !== undefined) {
      if (fence === undefined) fence = mark
      else if (mark.startsWith(fence) && line.trim() === mark) fence = undefined
    }
    block.push(line)
    afterEmpty = line.trim() === ''
  }
  blocks.push(block.join('\n'))
  return blocks
}
