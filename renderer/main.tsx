import * as z from 'zod/v4/core'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { connect } from './console.ts'
import { startLive } from './live.ts'
import { createChatStore } from './pages/playground/chat-store.ts'
import { ServicesProvider } from './services.tsx'
import { applyTheme, rememberedTheme } from './shell/theme.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/buttons.css'
import './styles/inputs.css'
import './styles/switch.css'
import './styles/tabs.css'
import './styles/badges.css'
import './styles/tables.css'
import './styles/cards.css'
import './styles/overlays.css'
import './styles/empty.css'
import './styles/code.css'
import './styles/steps.css'
import './styles/popups.css'
import './styles/disabled.css'
import './styles/small.css'
import './styles/shell.css'

// The page's policy forbids code made from strings; zod would try it once and be reported.
z.config({ jitless: true })
applyTheme(document, rememberedTheme(localStorage))

const connection = connect(window)
const live = startLive(connection, window, new AbortController().signal)
const chat = createChatStore({
  console: connection.console,
  now: () => Date.now(),
  id: () => crypto.randomUUID(),
  frame: (draw) => void requestAnimationFrame(draw),
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <ServicesProvider value={{ console: connection.console, live, chat }}>
    <App />
  </ServicesProvider>,
)
