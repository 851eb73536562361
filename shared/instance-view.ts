/** Instances as the window shows them, and what a test of one says. */
import * as z from 'zod'
import { Instance, Source } from './config.ts'
import { Failure } from './exchange.ts'

/** An instance as the window shows it: no key, but whether there is one and where. */
export const InstanceView = z.object({
  instance: Instance.omit({ api_key: true, key_ref: true }),
  /** Where the instance was defined; only those from `settings` can be edited here. `default` is the built-in simulator. */
  source: Source,
  key: z.object({
    state: z.enum(['none', 'keychain', 'configured', 'entra', 'unreadable']),
    /** For `unreadable`: the reason and the way out. */
    problem: Failure.optional(),
  }),
  /** What was understood of the pasted address, e.g. `https://contoso.openai.azure.com · v1 · Claude under /anthropic`. */
  understood: z.string(),
})
export type InstanceView = z.infer<typeof InstanceView>

export const TestResult = z.object({
  ok: z.boolean(),
  /** What was asked, e.g. `GET https://…/openai/v1/models`. */
  request: z.string(),
  status: z.number().int().optional(),
  ms: z.number(),
  /** One sentence: what the answer means. */
  message: z.string(),
  fix: z.string().optional(),
})
export type TestResult = z.infer<typeof TestResult>
