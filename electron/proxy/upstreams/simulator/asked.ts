/** What a request asks for, apart from the wire that it came over. */
export interface Asked {
  model: string
  /** Text of the last user message. */
  text: string
  /** Number of messages of users so far. */
  turn: number
  /** Pictures and files in the last user message. */
  attachments: number
  tools: readonly AskedTool[]
  choice: 'auto' | 'none' | 'required' | { name: string }
  /** May several tools be called at once? */
  parallel: boolean
  /** Tool results that came last and are not answered yet. */
  results: readonly { name: string; text: string }[]
  format: { kind: 'text' } | { kind: 'json' } | { kind: 'schema'; schema: unknown }
  /** Which wire, for the answer's text. */
  wire: 'Chat' | 'Messages' | 'Responses'
  thinks: boolean
  /** Tokens of the whole request. */
  inputTokens: number
  maxTokens: number | undefined
  stop: readonly string[]
  stream: boolean
}

export interface AskedTool {
  name: string
  schema: unknown
}

/** Claude Code and others put reminders of their own into the user's message. */
export function withoutReminders(text: string): string {
  return text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').trim()
}
