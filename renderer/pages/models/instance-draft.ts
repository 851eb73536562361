/** An instance while it is written down: every field as the text that stands in it. */
import * as z from 'zod'
import { apiVersionProblem, Instance, type Entra, type ProviderType } from '../../../shared/config.ts'
import type { PastedReading, PlainInstance } from '../../../shared/mapping.ts'
import type { Match } from '../../playing-options.ts'

export interface DeploymentRow {
  model: string
  deployment: string
}

export interface InstanceDraft {
  type: ProviderType
  address: string
  name: string
  /** The user has written the name; what is understood of the address no longer changes it. */
  nameTouched: boolean
  auth: 'key' | 'entra' | 'passthrough'
  /** Who signs in with Entra. */
  credential: Entra['credential']
  /** A new key; empty leaves the stored one. */
  key: string
  apiVersion: string
  priority: string
  enabled: boolean
  /** One per line or comma; empty = any name. */
  supportedModels: string
  deployments: readonly DeploymentRow[]
  /** Deployment → the model behind it, where the name does not tell. */
  baseModels: Readonly<Record<string, string>>
  /** Deployments were picked from a list: their names are read with all their spellings. */
  picked: boolean
  /** Of a gateway: into how many pieces a whole answer is cut; empty = the usual. */
  slices: string
  /** Of a recording: when a request is a recorded one, and how fast it is played. */
  match: Match
  speed: string
}

export type DraftErrors = Partial<
  Record<'address' | 'name' | 'key' | 'apiVersion' | 'priority' | 'supportedModels' | 'deployments' | 'slices', string>
>

export function emptyDraft(): InstanceDraft {
  return {
    type: 'azure',
    address: '',
    name: '',
    nameTouched: false,
    auth: 'key',
    credential: 'default',
    key: '',
    apiVersion: 'v1',
    priority: '100',
    enabled: true,
    supportedModels: '',
    deployments: [],
    baseModels: {},
    picked: false,
    slices: '',
    match: 'conversation',
    speed: '1',
  }
}

export function draftOf(instance: PlainInstance): InstanceDraft {
  return {
    type: instance.provider_type,
    address: instance.api_base ?? instance.recording ?? '',
    name: instance.name,
    nameTouched: true,
    auth: instance.auth ?? (instance.entra === undefined ? 'key' : 'entra'),
    credential: instance.entra?.credential ?? 'default',
    key: '',
    apiVersion: instance.api_version,
    priority: String(instance.priority),
    enabled: instance.enabled,
    supportedModels: (instance.supported_models ?? []).join(', '),
    deployments: Object.entries(instance.model_deployments).map(([model, deployment]) => ({ model, deployment })),
    baseModels: instance.base_models,
    picked: false,
    slices: String(instance.pseudo_sse_chunks ?? ''),
    match: instance.match ?? 'conversation',
    speed: String(instance.speed ?? 1),
  }
}

export type Checked =
  | { ok: true; instance: PlainInstance; apiKey: string | null | undefined }
  | { ok: false; errors: DraftErrors }

const Plain = Instance.omit({ api_key: true, key_ref: true })

/** Field of the schema → field of the form. */
const FIELDS: Record<string, keyof DraftErrors> = {
  api_base: 'address',
  recording: 'address',
  name: 'name',
  api_version: 'apiVersion',
  priority: 'priority',
  supported_models: 'supportedModels',
  model_deployments: 'deployments',
  pseudo_sse_chunks: 'slices',
}

/**
 * Checks a draft with the schema of the configuration.
 *
 * @param taken names of the other instances
 * @param before what is edited; keys that the form does not show are kept from it
 */
export function instanceOf(draft: InstanceDraft, taken: readonly string[], before?: PlainInstance): Checked {
  const models = namesIn(draft.supportedModels)
  const rows = draft.deployments.filter((row) => row.model.trim() !== '' || row.deployment.trim() !== '')
  const {
    supported_models: _models,
    api_base: _base,
    pseudo_sse_chunks: _slices,
    recording: _recording,
    match: _match,
    speed: _speed,
    auth: _auth,
    entra,
    ...kept
  } = before ?? {}
  const parsed = Plain.safeParse({
    ...kept,
    name: draft.name,
    provider_type: draft.type,
    ...(draft.type === 'recording'
      ? { recording: draft.address.trim(), match: draft.match, speed: Number(draft.speed) }
      : {}),
    ...(isOwn(draft) ? {} : { api_base: withScheme(draft.address) }),
    api_version: draft.apiVersion.trim() === '' ? 'v1' : draft.apiVersion.trim(),
    ...(isOwn(draft) ? {} : { auth: draft.auth }),
    ...(draft.auth === 'entra' && !isOwn(draft) ? { entra: { ...entra, credential: draft.credential } } : {}),
    priority: draft.priority.trim() === '' ? 100 : Number(draft.priority),
    enabled: draft.enabled,
    ...(draft.slices.trim() === '' ? {} : { pseudo_sse_chunks: Number(draft.slices) }),
    ...(models.length === 0 ? {} : { supported_models: models }),
    base_models: draft.baseModels,
    ...(draft.picked ? { matching: 'flexible' as const } : {}),
    model_deployments: Object.fromEntries(rows.map((row) => [row.model.trim(), row.deployment.trim()])),
  })
  const errors: DraftErrors = parsed.success ? {} : errorsOf(parsed.error)
  const unknownVersion = apiVersionProblem(draft.type, draft.apiVersion.trim() || 'v1')
  if (unknownVersion !== undefined) errors.apiVersion ??= unknownVersion
  if (draft.type !== 'simulator' && draft.address.trim() === '')
    errors.address =
      draft.type === 'recording' ? 'Enter the path of a bundle.' : 'Paste the address that the portal shows.'
  if (draft.name.trim() === '') errors.name = 'Give it a name; rules and answers show it.'
  else if (taken.some((name) => name.toLowerCase() === draft.name.trim().toLowerCase())) {
    errors.name = `There is an instance called ${draft.name.trim()} already.`
  }
  if (draft.auth === 'key' && draft.key === '' && before === undefined && !isOwn(draft)) {
    errors.key = 'Enter the key, or choose another way to sign in.'
  }
  if (rows.some((row) => row.model.trim() === '' || row.deployment.trim() === '')) {
    errors.deployments = 'Each row needs a model name and a deployment.'
  }
  if (!parsed.success || Object.keys(errors).length > 0) return { ok: false, errors }
  return { ok: true, instance: parsed.data, apiKey: keyChange(draft) }
}

/** Takes over what was read of a pasted text; what it does not name stays. */
export function withPasted(draft: InstanceDraft, read: PastedReading): InstanceDraft {
  const { deployment, model } = read
  const isNamed = deployment !== undefined && !draft.deployments.some((row) => row.deployment === deployment)
  return {
    ...draft,
    ...(read.providerType === undefined ? {} : { type: read.providerType }),
    ...(read.apiBase === undefined ? {} : { address: read.apiBase }),
    ...(read.nameHint === undefined || draft.nameTouched ? {} : { name: read.nameHint }),
    ...(read.apiVersion === undefined ? {} : { apiVersion: read.apiVersion }),
    ...(read.auth === undefined ? {} : { auth: read.auth }),
    ...(read.key === undefined ? {} : { key: read.key }),
    ...(isNamed ? { deployments: [...draft.deployments, { model: model ?? deployment, deployment }] } : {}),
  }
}

/** A deployment that is offered for serving. */
export interface PickRow {
  id: string
  /** The model behind it, where the resource tells. */
  model?: string | undefined
  /** The name under which it is asked for. */
  name: string
  on: boolean
}

/** The rows of a list: on where the draft serves them already, all where it says nothing yet. */
export function pickRows(
  draft: InstanceDraft,
  listed: readonly { id: string; model?: string | undefined }[],
): PickRow[] {
  const names = namesIn(draft.supportedModels)
  const mapped = new Map(draft.deployments.map((row) => [row.deployment, row.model]))
  return listed.map(({ id, model }) => {
    const name = mapped.get(id) ?? id
    return { id, model, name, on: names.length === 0 || names.includes(name) }
  })
}

/** Serves exactly the rows that are on. */
export function withPicked(draft: InstanceDraft, rows: readonly PickRow[]): InstanceDraft {
  const chosen = rows.filter((row) => row.on && row.name.trim() !== '')
  const isListed = (deployment: string): boolean => rows.some((row) => row.id === deployment)
  const renamed = chosen.filter((row) => row.name.trim() !== row.id)
  const told = chosen.flatMap((row): [string, string][] =>
    row.model === undefined || row.model === row.id ? [] : [[row.id, row.model]],
  )
  return {
    ...draft,
    picked: true,
    supportedModels: chosen.map((row) => row.name.trim()).join(', '),
    deployments: [
      ...draft.deployments.filter((row) => !isListed(row.deployment)),
      ...renamed.map((row) => ({ model: row.name.trim(), deployment: row.id })),
    ],
    baseModels: { ...draft.baseModels, ...Object.fromEntries(told) },
  }
}

/** Lazuli's own upstreams have no address and no key. */
export function isOwn({ type }: Pick<InstanceDraft, 'type'>): boolean {
  return type === 'simulator' || type === 'recording'
}

function namesIn(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((name) => name.trim())
    .filter(Boolean)
}

/** A string replaces the stored key, null removes it, undefined leaves it. */
function keyChange(draft: InstanceDraft): string | null | undefined {
  if (isOwn(draft)) return undefined
  if (draft.auth !== 'key') return null
  return draft.key === '' ? undefined : draft.key
}

function withScheme(address: string): string {
  const trimmed = address.trim()
  return trimmed === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`
}

function errorsOf(error: z.ZodError): DraftErrors {
  const errors: DraftErrors = {}
  for (const issue of error.issues) {
    const field = FIELDS[String(issue.path[0])]
    if (field !== undefined) errors[field] ??= issue.message
  }
  return errors
}
