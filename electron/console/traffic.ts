import { writeAppState } from '../config/settings.ts'
import { os } from './context.ts'
import { serveAsMock } from './serve-as-mock.ts'
import { exportFile, gone, importBundle } from './traffic-files.ts'
import { resend } from './resend.ts'
import { removeFilter, savedFilters, saveFilter } from './saved-filters.ts'

export const traffic = {
  list: os.traffic.list.handler(({ context, input }) => context.traffic.rows.list(input)),
  match: os.traffic.match.handler(async ({ context, input }) => ({
    ids: await context.traffic.rows.match(input.filter, input.ids),
  })),
  suggest: os.traffic.suggest.handler(async ({ context, input }) => ({
    values: await context.traffic.rows.suggest(input.field, input.prefix),
  })),
  sessions: os.traffic.sessions.handler(({ context, input }) =>
    context.traffic.rows.sessions(input.limit, input.filter),
  ),
  filters: {
    list: os.traffic.filters.list.handler(({ context }) => savedFilters(context.settings)),
    save: os.traffic.filters.save.handler(({ context, input }) => saveFilter(context.settings, input)),
    remove: os.traffic.filters.remove.handler(({ context, input }) => removeFilter(context.settings, input.name)),
  },
  feed: os.traffic.feed.handler(async function* ({ context, signal }) {
    yield* context.traffic.feed(signal)
  }),
  get: os.traffic.get.handler(async ({ context, input }) => {
    const found = await context.traffic.get(input.id)
    if (found === undefined) throw gone(input.id)
    return found
  }),
  events: os.traffic.events.handler(({ context, input }) => context.traffic.events(input)),
  follow: os.traffic.follow.handler(async function* ({ context, input, signal }) {
    yield* context.traffic.follow(input.id, signal)
  }),
  faults: {
    list: os.traffic.faults.list.handler(({ context }) => [...context.faults.rules]),
    save: os.traffic.faults.save.handler(({ context, input: { rules } }) => {
      context.faults.replace(rules)
      writeAppState(context.settings, { faults: rules.filter(({ keep }) => keep) })
      return rules
    }),
  },
  export: os.traffic.export.handler(({ context, input }) => exportFile(context, input)),
  import: os.traffic.import.handler(({ context, input }) => importBundle(context, input.text)),
  serveAsMock: os.traffic.serveAsMock.handler(({ context, input }) => serveAsMock(context, input)),
  resend: os.traffic.resend.handler(({ context, input }) => resend(context, input)),
  stopReplay: os.traffic.stopReplay.handler(({ context, input }) => ({ stopped: context.replays.stop(input.id) })),
  clear: os.traffic.clear.handler(({ context }) => context.traffic.clear()),
  setRecording: os.traffic.setRecording.handler(({ context, input }) => context.traffic.setRecording(input.on)),
}
