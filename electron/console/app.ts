import { writeAppState, readAppState } from '../config/settings.ts'
import { appEvents } from './app-events.ts'
import { os } from './context.ts'

export const app = {
  info: os.app.info.handler(({ context }) => {
    const configuration = context.configuration.current()
    const nothingConfigured = configuration.instances.every((instance) => instance.source === 'default')
    return {
      ...context.info,
      baseUrl: context.baseUrl,
      auth: configuration.auth,
      firstRun: nothingConfigured && readAppState(context.settings).simulatorChosen !== true,
    }
  }),
  events: os.app.events.handler(({ context, signal }) => appEvents(context, signal)),
  useSimulator: os.app.useSimulator.handler(({ context }) => {
    writeAppState(context.settings, { simulatorChosen: true })
  }),
}
