import { toolOf } from '../tools/catalogue.ts'
import { checkTool } from '../tools/check-tool.ts'
import { os } from './context.ts'

/** Rows of the recorded traffic in which each tool's last call is looked for. */
const RECENT_ROWS = 500

export const tools = {
  list: os.tools.list.handler(async ({ context }) => {
    const { rows } = await context.traffic.rows.list({ limit: RECENT_ROWS })
    return (await context.tools.local()).list(rows)
  }),
  plan: os.tools.plan.handler(async ({ context, input }) =>
    (await context.tools.local()).plan(input.tool, input.models, input.reveal ?? false),
  ),
  apply: os.tools.apply.handler(async ({ context, input }) =>
    (await context.tools.local()).apply(input.tool, input.models, input.fingerprint),
  ),
  undo: os.tools.undo.handler(async ({ context, input }) => (await context.tools.local()).undo(input.tool)),
  verify: os.tools.verify.handler(async function* ({ context, input, signal }) {
    yield* checkTool({
      tools: await context.tools.local(),
      id: toolOf(input.tool).id,
      run: input.run,
      feed: (over) => context.traffic.feed(over),
      arrivals: context.tools.arrivals,
      signal,
      now: context.now,
    })
  }),
}
