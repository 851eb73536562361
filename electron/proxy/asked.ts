import { LazuliError } from '../core/error.ts'
import { scanMembers } from './json-scan.ts'
import type { Member } from './json-scan.ts'

/** What routing needs of a request body, and where it stands in it. */
export interface Asked {
  /** The bytes without a byte order mark. */
  body: Buffer
  members: readonly Member[]
  model: string
  modelMember: Member
  stream: boolean
  /** Value of a top-level field as it stands in the body; undefined where there is none. */
  field(key: string): Member | undefined
  /** Parsed value of a top-level field; for small ones only. */
  value(key: string): unknown
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])
/** Read by us and by the upstream: if they stood twice, the two might not read the same one. */
const SINGLE = ['model', 'stream', 'stream_options'] as const

/**
 * Reads what was asked for without parsing the body.
 * @throws LazuliError 400: malformed JSON, no `model`, a field that stands twice
 */
export function readAsked(received: Buffer): Asked {
  const body = received.subarray(0, 3).equals(UTF8_MARK) ? received.subarray(3) : received
  const members = scanMembers(body)
  for (const key of SINGLE) {
    if (members.filter((member) => member.key === key).length > 1) {
      throw new LazuliError({
        code: 'proxy_duplicate_field',
        status: 400,
        message: `The field "${key}" stands twice in the request body.`,
        fix: 'Send it once.',
        param: key,
      })
    }
  }
  const field = (key: string): Member | undefined => members.findLast((member) => member.key === key)
  const value = (key: string): unknown => {
    const member = field(key)
    if (member === undefined) return undefined
    try {
      return JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd))
    } catch {
      return undefined
    }
  }
  const modelMember = field('model')
  const model = value('model')
  if (modelMember === undefined || typeof model !== 'string' || model.trim() === '') {
    const missing = modelMember === undefined
    throw new LazuliError({
      code: missing ? 'missing_required_parameter' : 'invalid_type',
      status: 400,
      message: missing ? 'The field "model" is missing.' : 'The field "model" must be a string that names a model.',
      fix: 'Name one of the models that GET /v1/models lists.',
      param: 'model',
    })
  }
  return { body, members, model, modelMember, stream: value('stream') === true, field, value }
}
