/** Bytes as lines of offset, hexadecimal and text. */

const PER_LINE = 8

export interface HexLine {
  offset: string
  hex: string
  text: string
}

export function hexLineCount(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / PER_LINE)
}

/** Line `index`; what is no printable ASCII is a dot in its text. */
export function hexLine(bytes: Uint8Array, index: number): HexLine {
  const part = bytes.subarray(index * PER_LINE, (index + 1) * PER_LINE)
  return {
    offset: (index * PER_LINE).toString(16).padStart(4, '0'),
    hex: [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    text: [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
  }
}
