/**
 * The models that the built-in simulator lists: a handful that Azure really offers, one of each kind that a client
 * meets (reasoning and plain GPT, Claude with budget and with adaptive thinking, embeddings).
 */
export interface SimulatedModel {
  name: string
  kind: 'chat' | 'messages' | 'embeddings'
}

export const simulatedModels: readonly SimulatedModel[] = [
  { name: 'gpt-5.1', kind: 'chat' },
  { name: 'gpt-5-mini', kind: 'chat' },
  { name: 'gpt-4.1-mini', kind: 'chat' },
  { name: 'o4-mini', kind: 'chat' },
  { name: 'claude-opus-5', kind: 'messages' },
  { name: 'claude-sonnet-4-5', kind: 'messages' },
  { name: 'claude-haiku-4-5', kind: 'messages' },
  { name: 'text-embedding-3-small', kind: 'embeddings' },
]
