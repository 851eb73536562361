/** The Playground's part of the scripted console: answers as a test wants them, chats in a database of its own. */
import { ChatDatabase } from '../../electron/chats/chat-database.ts'
import type { Chat, ChatHead, PlaygroundEvent, PlaygroundOptions, PlaygroundRequest } from '../../shared/playground.ts'
import { ANSWER } from './scripted-scene.ts'

/** What a model is asked in, and what it costs. */
export function optionsFor(model: string): PlaygroundOptions {
  if (model.includes('claude')) {
    return {
      dialects: ['messages'],
      thinkingBudget: true,
      verbosity: false,
      files: true,
      rates: { input: 3, output: 15 },
      outputCap: 64_000,
      contextWindow: 200_000,
    }
  }
  const thinks = model.startsWith('gpt-5')
  return {
    dialects: thinks ? ['responses', 'chat'] : ['chat', 'responses'],
    thinkingBudget: false,
    verbosity: thinks,
    files: true,
    rates: thinks ? { input: 1.25, output: 10 } : { input: 0.4, output: 1.6 },
    ...(thinks ? { outputCap: 128_000, contextWindow: 400_000 } : {}),
  }
}

/** An answer with thoughts, prose, code and a table. */
export function wholeAnswer({ model }: Pick<PlaygroundRequest, 'model'>): PlaygroundEvent[] {
  const words = ANSWER.split(/(?<=\s)/)
  const claude = model.includes('claude')
  return [
    {
      type: 'exchange',
      id: 'ex_00001',
      instance: 'foundry-eastus2',
      deployment: claude ? 'sonnet-prod' : 'gpt-5-1-prod',
    },
    {
      type: 'delta',
      kind: 'reasoning',
      text: 'Checking what the client has already seen, and which statuses are safe to repeat.',
    },
    ...words.map((text) => ({ type: 'delta' as const, kind: 'text' as const, text })),
    {
      type: 'end',
      finish: 'stop',
      usage: claude ? { input: 1310, output: 611, reasoning: 96 } : { input: 1204, output: 798, reasoning: 412 },
      cost: claude ? 0.0131 : 0.03,
      ttftMs: claude ? 620 : 840,
      durationMs: claude ? 7_400 : 11_200,
      losses: [],
    },
  ]
}

export const identity = (text: string): string => text

/** A database with these chats in it. */
export function chatsIn(chats: readonly Chat[]): ChatDatabase {
  let ids = 0
  const database = new ChatDatabase({
    file: ':memory:',
    now: Date.now,
    newId: () => `copy-${(ids += 1)}`,
    clean: identity,
  })
  for (const chat of chats) database.save(chat)
  return database
}

/** Eight chats of the last days, as a list shows them. */
export function keptChats(now: number): Chat[] {
  const hours = 3_600_000
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const rows: [title: string, at: number, models: string[]][] = [
    ['Explain 429 flavours', now - 60_000, ['claude-sonnet-4-5']],
    ['JSON schema for losses', now - 120_000, ['gpt-4.1-mini']],
    ['Regex for typed filters', midnight - 6 * hours, ['gpt-5.1']],
    ['Haiku or mini for titles?', midnight - 9 * hours, ['gpt-5.1', 'claude-sonnet-4-5']],
    ['Commit message style', midnight - 12 * hours, ['claude-sonnet-4-5']],
    ['Price table, sources', midnight - 60 * hours, ['gpt-5.1']],
    ['Vision: gauge photo', midnight - 90 * hours, ['gpt-5.1']],
  ]
  return rows.map(([title, at, models], index) => ({
    head: headOf(`kept-${index}`, title, at, models),
    turns: [{ id: `q-${index}`, role: 'user', at, text: `${title}, please`, attachments: [] }],
  }))
}

function headOf(id: string, title: string, at: number, models: readonly string[]): ChatHead {
  return {
    id,
    title,
    titledBy: 'auto',
    createdAt: at,
    updatedAt: at,
    settings: { system: '', variables: {}, tools: [] },
    lanes: models.map((model, lane) => ({ id: `${id}-${lane}`, model, parameters: {}, leaf: `q-${id.split('-')[1]}` })),
  }
}
