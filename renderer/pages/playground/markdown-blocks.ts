/**
 * Cuts markdown into parts that can be read on their own, so that a growing answer is not parsed from its start with
 * every token. Cut only where it cannot change the meaning: before a line that begins a block by itself after an empty
 * line, outside of a fence.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})/
/** Could continue a list, a quote or an indented block. */
const CONTINUES = /^(\s|[-*+](\s|$)|\d+[.)](\s|$)|>)/
/** `[name]: address` or a footnote: parts that others refer to. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m

/**
 * @param growing while an answer is written it is cut also where it has definitions; what refers to them is put right at
 *   its end, when a text with definitions is read in one piece
 */
export function markdownBlocks(text: string, growing = false): string[] {
  if (!growing && DEFINITION.test(text)) return [text]
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

export interface OpenFence {
  /** What stands before the fence, if anything. */
  before: string
  language: string | undefined
  code: string
}

/** The block of code that a growing text ends in, if its fence is not closed yet. */
export function openFence(block: string): OpenFence | undefined {
  const lines = block.split('\n')
  let fence: { mark: string; at: number; info: string } | undefined
  lines.forEach((line, at) => {
    const mark = FENCE.exec(line)?.[1]
    if (mark === undefined) return
    if (fence === undefined) fence = { mark, at, info: line.trim().slice(mark.length).trim() }
    else if (mark.startsWith(fence.mark) && line.trim() === mark) fence = undefined
  })
  if (fence === undefined) return undefined
  const { at, info } = fence
  return {
    before: lines.slice(0, at).join('\n'),
    language: info === '' ? undefined : info.split(/\s/)[0],
    code: lines.slice(at + 1).join('\n'),
  }
}

/** Ends what a growing paragraph has begun, so that marks do not flash by as text: bold, code, a link's address. */
export function closedMarkdown(block: string): string {
  const start = block.lastIndexOf('\n\n') + 1
  const [before, last] = [block.slice(0, start), block.slice(start)]
  const link = /!?\[[^\]\n]*(?:\]\([^)\n]*)?$/.exec(last)
  // A link that is not complete shows its words alone.
  const words = link === null ? last : last.slice(0, link.index) + link[0].replace(/^!?\[/, '').replace(/\]\(.*$/s, '')
  const ticks = words.split('`').length - 1
  if (ticks % 2 === 1) return `${before}${words}\``
  const bare = words.replace(/`[^`]*`/g, '')
  const strong = bare.split('**').length - 1
  if (strong % 2 === 0) return `${before}${words}`
  return words.endsWith('**') ? `${before}${words.slice(0, -2)}` : `${before}${words.trimEnd()}**`
}
