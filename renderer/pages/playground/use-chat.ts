import { useStore, type StoreApi } from 'zustand'
import { useServices } from '../../services.tsx'
import type { ChatStore } from './chat-store.ts'
import type { Session } from './session.ts'
import { takenBy, type Known, type Taken } from './taken.ts'
import type { ChatLane } from '../../../shared/playground.ts'

/** The Playground's store; its actions are read from `getState()`. */
export function useChatStore(): StoreApi<ChatStore> {
  return useServices().chat
}

export function useChat<T>(select: (state: ChatStore) => T): T {
  return useStore(useChatStore(), select)
}

/** One part of the chat that is shown. */
export function useSession<T>(select: (session: Session) => T): T {
  return useChat((state) => select(state.session))
}

/** What is known of a column's model, and what it takes with the parameters as they are. */
export function useTaken(lane: ChatLane): { known: Known; taken: Taken } {
  const choice = useChat((state) => state.choices.find((one) => one.name === lane.model))
  const options = useChat((state) => state.options.get(lane.model))
  const known = { choice, options }
  return { known, taken: takenBy(known, lane.parameters) }
}
