/** What a message is made of, whatever API it was written in: the window draws these and knows no dialect. */

export type ImageSource =
  /** The bytes came with the request and may be shown. */
  | { type: 'data'; url: string }
  /** Somewhere else: named, never fetched. */
  | { type: 'elsewhere'; name: string }

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'refusal'; text: string }
  /** `sealed`: characters of its signature or encrypted form. `hidden`: nothing of it can be read. */
  | { kind: 'thinking'; text: string; sealed: number; hidden: boolean }
  /** `input`: JSON text as it was sent, or free text; half of it while it streams. `hosted`: run by the provider. */
  | { kind: 'call'; tool: string; id: string; input: string; hosted: boolean }
  | { kind: 'result'; id: string; blocks: readonly Block[]; failed: boolean }
  | { kind: 'image'; source: ImageSource }
  | { kind: 'file'; name: string; note: string }
  | { kind: 'other'; type: string; value: unknown }

export type BlockKind = Block['kind']

export interface Turn {
  /** As the client wrote it: `system`, `developer`, `user`, `assistant`, `tool`. */
  role: string
  name?: string
  /** Where it stands in the body, e.g. `messages[3]`. */
  path: string
  blocks: readonly Block[]
}

export interface Tool {
  name: string
  /** `function`, `custom`, or the type of a hosted tool. */
  type: string
  description: string
  schema?: unknown
}

/** A request as a conversation. */
export interface Conversation {
  turns: readonly Turn[]
  tools: readonly Tool[]
  /** Everything else that the body says, in its order. */
  parameters: readonly [name: string, value: unknown][]
}

const IMAGE = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp);base64,/i

/** Only pictures that came as data are shown; SVG is not, for it can do more than be looked at. */
export function imageSource(url: string): ImageSource {
  return IMAGE.test(url) ? { type: 'data', url } : { type: 'elsewhere', name: url.slice(0, 200) }
}

/** What is not understood is shown as it came. */
export function unknownBlock(type: string | undefined, value: unknown): Block {
  return { kind: 'other', type: type ?? 'unknown', value }
}
