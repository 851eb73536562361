/** What the Models page asks: names, instances, rules. Part of the console's contract. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { ProviderType, Rule } from './config.ts'
import { base } from './contract-base.ts'
import { Decision, DialectId } from './exchange.ts'
import { InstanceView, TestResult } from './instance-view.ts'
import { InstanceLive } from './live.ts'
import {
  DeploymentListing,
  ImportPreview,
  InstanceDraftInput,
  NameExplanation,
  PastedReading,
  RulesView,
} from './mapping.ts'
import { DeploymentFacts, ModelChoice, ProbeEvent, ProbeFeature, ServedDeployment } from './model-facts.ts'

export const modelProcedures = {
  choices: base.output(z.array(ModelChoice)),
  resolve: base.input(z.object({ model: z.string(), dialect: DialectId })).output(Decision),
  /** Where a name leads for callers of each API, with all that could serve it and the names that are nearly the same. */
  explain: base.input(z.object({ model: z.string() })).output(NameExplanation),
  /** Every deployment that a name leads to or that its resource lists; the resources are asked, at most once a minute. */
  deployments: base.output(z.array(ServedDeployment)),
  /**
   * Finds out what a deployment takes by asking it, one small request each; what is found out is kept. The requests are
   * exchanges like all others and cost what they cost.
   */
  probe: base
    .input(
      z.object({
        instance: z.string(),
        deployment: z.string(),
        /** Absent: all. */
        features: z.array(ProbeFeature).optional(),
      }),
    )
    .output(eventIterator(ProbeEvent)),
  facts: base.output(z.array(DeploymentFacts)),
}

export const instanceProcedures = {
  list: base.output(z.array(InstanceView)),
  /**
   * Adds (`previousName` absent) or changes. `apiKey`: a string replaces the key in the keychain, null removes it,
   * absent leaves it.
   */
  save: base.input(InstanceDraftInput).output(z.array(InstanceView)),
  remove: base.input(z.object({ name: z.string() })).output(z.array(InstanceView)),
  test: base.input(z.object({ name: z.string() })).output(TestResult),
  /** Tests what is being written, before it is saved. */
  testDraft: base.input(InstanceDraftInput).output(TestResult),
  /** The deployments that a resource lists, before or after it is saved. */
  discover: base.input(InstanceDraftInput).output(DeploymentListing),
  /** Understands whatever was pasted: an address, a request as code, JSON, variables. */
  read: base.input(z.object({ text: z.string().max(100_000) })).output(PastedReading),
  /** All that are switched on, now and then whenever something changed; at most two batches a second. */
  live: base.output(eventIterator(z.array(InstanceLive))),
  /** What would be understood of an address, before it is saved. */
  understand: base.input(z.object({ address: z.string() })).output(
    z.object({
      understood: z.string(),
      apiBase: z.string(),
      /** The kind of instance that fits the address. */
      providerType: ProviderType,
      apiVersion: z.string().optional(),
      deployment: z.string().optional(),
      nameHint: z.string(),
    }),
  ),
}

export const ruleProcedures = {
  list: base.output(RulesView),
  save: base.input(z.object({ rules: z.array(Rule) })).output(RulesView),
  /** What would be taken of a predecessor's YAML, or of its variables; nothing is changed. */
  readImport: base.input(z.object({ text: z.string().max(1_000_000) })).output(ImportPreview),
  /** Takes these instances (by name, their keys into the keychain) and puts these rules, by their place in the preview, in front of the others. */
  import: base
    .input(
      z.object({
        text: z.string().max(1_000_000),
        instances: z.array(z.string()),
        rules: z.array(z.number().int().min(0)),
      }),
    )
    .output(z.object({ rules: RulesView, instances: z.array(InstanceView) })),
  /** Instances and mapping as YAML that `lazuli serve --config` loads; keys stand in it as variables. */
  export: base.output(z.object({ yaml: z.string(), variables: z.array(z.string()) })),
}
