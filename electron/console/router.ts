import { accounting } from './accounting.ts'
import { app } from './app.ts'
import { budgets } from './budgets.ts'
import { chats } from './chats.ts'
import { os } from './context.ts'
import { instances } from './instances.ts'
import { keys } from './keys.ts'
import { models } from './models.ts'
import { playground } from './playground.ts'
import { prices } from './prices.ts'
import { rules } from './rules.ts'
import { settings } from './settings.ts'
import { tools } from './tools.ts'
import { traffic } from './traffic.ts'

/** The console: what the window may ask, and who answers. */
export const router = os.router({
  app,
  traffic,
  models,
  instances,
  rules,
  playground,
  chats,
  tools,
  settings,
  accounting,
  budgets,
  keys,
  prices,
})
