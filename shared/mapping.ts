/** Shapes of the Models page: what was read of a pasted text, what an import would take, where a name leads. */
import * as z from 'zod'
import { Instance, ProviderType, Rule, Source } from './config.ts'
import { Decision, DialectId } from './exchange.ts'

/** An instance as the window knows it: without its key. */
export const PlainInstance = Instance.omit({ api_key: true, key_ref: true })
export type PlainInstance = z.infer<typeof PlainInstance>

/** What one piece of a pasted text was taken for. */
export const PastedPart = z.object({
  kind: z.enum(['address', 'key', 'api-version', 'deployment', 'model', 'identity', 'ignored']),
  /** As it stood there; a key is masked. */
  text: z.string(),
  /** What was made of it, as a sentence. */
  meaning: z.string(),
})
export type PastedPart = z.infer<typeof PastedPart>

/** What was understood of whatever was pasted. Fields that are absent were not named. */
export const PastedReading = z.object({
  /** The text with every key masked: what may stay on the screen. */
  shown: z.string(),
  parts: z.array(PastedPart),
  providerType: ProviderType.optional(),
  apiBase: z.string().optional(),
  apiVersion: z.string().optional(),
  deployment: z.string().optional(),
  /** The model that the text names, e.g. as `"model"` of a request. */
  model: z.string().optional(),
  nameHint: z.string().optional(),
  auth: z.enum(['key', 'entra']).optional(),
  /** For the key field; it is never shown. */
  key: z.string().optional(),
})
export type PastedReading = z.infer<typeof PastedReading>

/** An instance that is being written: as `instances.save` takes it. */
export const InstanceDraftInput = z.object({
  /** The instance that is edited; its stored key is used where no new one is given. */
  previousName: z.string().optional(),
  instance: PlainInstance,
  apiKey: z.string().min(1).nullable().optional(),
})
export type InstanceDraftInput = z.infer<typeof InstanceDraftInput>

/** A deployment as its resource tells of it. */
export const ListedDeployment = z.object({
  id: z.string(),
  /** The model behind it, where the resource tells. */
  model: z.string().optional(),
  status: z.string().optional(),
})
export type ListedDeployment = z.infer<typeof ListedDeployment>

export const DeploymentListing = z.discriminatedUnion('listed', [
  z.object({ listed: z.literal(true), deployments: z.array(ListedDeployment) }),
  /** The resource cannot be asked, or did not answer: why, and what to do. */
  z.object({ listed: z.literal(false), reason: z.string(), fix: z.string() }),
])
export type DeploymentListing = z.infer<typeof DeploymentListing>

/** The mapping, and where it is written. */
export const RulesView = z.object({
  rules: z.array(Rule),
  source: Source,
  /** Files or variables that set it, where it cannot be changed here. */
  where: z.string().optional(),
})
export type RulesView = z.infer<typeof RulesView>

/** What of a predecessor's configuration would be taken. */
export const ImportPreview = z.object({
  kind: z.enum(['yaml', 'environment']),
  instances: z.array(
    z.object({
      instance: PlainInstance,
      /** given: the text holds its key. missing: it refers to one that is not known here. */
      key: z.enum(['none', 'given', 'missing']),
      /** An instance of this name is there already and would be replaced; `fixed`: another source defines that one. */
      replaces: z.enum(['no', 'yes', 'fixed']),
    }),
  ),
  rules: z.array(Rule),
  /** What is left behind or read otherwise than it stands there, a sentence each. */
  warnings: z.array(z.string()),
})
export type ImportPreview = z.infer<typeof ImportPreview>

/** A place that can serve a name. */
export const Candidate = z.object({
  instance: z.string(),
  deployment: z.string(),
  baseModel: z.string(),
  api: DialectId,
  url: z.string().optional(),
})
export type Candidate = z.infer<typeof Candidate>

/** Where a name leads for callers of one API. */
export const DialectAnswer = z.object({
  dialect: DialectId,
  decision: Decision,
  /** All that can serve it, in order; the first is the decision's target. */
  candidates: z.array(Candidate),
})
export type DialectAnswer = z.infer<typeof DialectAnswer>

/** Where a name leads. */
export const NameExplanation = z.object({
  model: z.string(),
  /** One for each of the three APIs. */
  answers: z.array(DialectAnswer),
  /** Known names that are nearly the same; empty for a name that is known itself. */
  nearest: z.array(z.string()),
  /** How equals are chosen from. */
  strategy: z.string(),
})
export type NameExplanation = z.infer<typeof NameExplanation>
