/** What every part of the window may use; made once in `main.tsx`, handed down by React. */
import { createContext, useContext } from 'react'
import { useStore, type StoreApi } from 'zustand'
import type { Console } from './console.ts'
import type { Live, LiveState } from './live.ts'
import type { ChatStore } from './pages/playground/chat-store.ts'

export interface Services {
  console: Console
  live: Live
  chat: StoreApi<ChatStore>
}

const Context = createContext<Services | undefined>(undefined)
export const ServicesProvider = Context.Provider

export function useServices(): Services {
  const services = useContext(Context)
  if (!services) throw new Error('ServicesProvider is missing')
  return services
}

/** One part of what the window knows of the engine. */
export function useLive<T>(select: (state: LiveState) => T): T {
  return useStore(useServices().live.store, select)
}
