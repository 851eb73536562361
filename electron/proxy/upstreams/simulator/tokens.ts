/** Rough stand-ins for a tokenizer: good enough for figures that look right and add up. */

/** Splits text into pieces of the size of tokens; joined they give the text again. */
export function splitTokens(text: string): string[] {
  return text.match(/\s?[\p{L}\p{N}]{1,6}|\s?[^\s\p{L}\p{N}]{1,8}|\s+/gu) ?? []
}

/** Number of tokens of a text. Long texts are estimated from their length. */
export function countTokens(text: string): number {
  return text.length > 20_000 ? Math.ceil(text.length / 4) : splitTokens(text).length
}
