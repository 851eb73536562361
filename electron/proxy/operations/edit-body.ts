/** Small changes to bodies of operations; everything else stays the client's own bytes. */
import type { Loss } from '../../../shared/exchange.ts'
import { scanMembers } from '../json-scan.ts'
import { splice } from '../splice.ts'
import type { Edit } from '../splice.ts'

/**
 * The body with this model, whatever it names now: on Azure's paths the deployment in the path is what counts.
 * @throws LazuliError 400 for what is not a JSON object
 */
export function withModel(body: Buffer, model: string): Buffer {
  const members = scanMembers(body)
  const json = JSON.stringify(model)
  const named = members.filter(({ key }) => key === 'model')
  if (named.length > 0) {
    const edits = named.map((member): Edit => ({ type: 'value', member, json }))
    return Buffer.concat(splice(body, members, edits))
  }
  const start = body.indexOf('{') + 1
  return Buffer.concat([
    body.subarray(0, start),
    Buffer.from(`"model":${json}${members.length === 0 ? '' : ','}`),
    body.subarray(start),
  ])
}

/** Pieces with one range replaced; offsets count from the first byte of the first piece. */
export function replaceRange(pieces: readonly Buffer[], start: number, end: number, by: Buffer): Buffer[] {
  const result: Buffer[] = []
  let at = 0
  let placed = false
  for (const piece of pieces) {
    const from = Math.max(0, Math.min(piece.length, start - at))
    const to = Math.max(0, Math.min(piece.length, end - at))
    if (from > 0) result.push(piece.subarray(0, from))
    if (!placed && start <= at + piece.length) {
      result.push(by)
      placed = true
    }
    if (to < piece.length) result.push(piece.subarray(to))
    at += piece.length
  }
  if (!placed) result.push(by)
  return result
}

/** A field of a form, to be put in front of its first part. */
export function formField(boundary: string, name: string, value: string): Buffer {
  return Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
}

const HYPERPARAMETERS = ['n_epochs', 'batch_size', 'learning_rate_multiplier'] as const
const GONE = [
  'prompt_loss_weight',
  'compute_classification_metrics',
  'classification_n_classes',
  'classification_positive_class',
  'classification_betas',
] as const

/** A request of the legacy `/fine_tunes` as one for `/fine_tuning/jobs`. */
export function asFineTuningJob(body: Buffer): { body: Buffer; losses: Loss[] } {
  scanMembers(body)
  const legacy = JSON.parse(body.toString('utf8')) as Record<string, unknown>
  const losses: Loss[] = []
  const { hyperparameters, ...rest } = legacy
  const job: Record<string, unknown> = { ...rest }
  const collected: Record<string, unknown> = { ...(hyperparameters as Record<string, unknown> | undefined) }
  for (const key of HYPERPARAMETERS) {
    if (!(key in job)) continue
    if (job[key] !== null) collected[key] = job[key]
    delete job[key]
    losses.push({ path: key, kind: 'carried', reason: `Jobs take it as hyperparameters.${key}.` })
  }
  for (const key of GONE) {
    if (!(key in job)) continue
    delete job[key]
    losses.push({ path: key, kind: 'dropped', reason: 'Fine-tuning jobs have no such setting.' })
  }
  if (Object.keys(collected).length > 0) job['hyperparameters'] = collected
  return { body: Buffer.from(JSON.stringify(job)), losses }
}
