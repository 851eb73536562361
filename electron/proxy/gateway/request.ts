/** What a request becomes on its way to a gateway in Azure's style (azure.md §7.4). */
import { effortFor } from '../../core/effort.ts'
import type { HubRequest } from '../../core/hub.ts'
import type { ModelProfile } from '../../core/models/profile.ts'
import { isFields } from '../../core/openai/fields.ts'
import type { Fields } from '../../core/openai/fields.ts'
import type { Route } from '../../routing/route.ts'
import { scanMembers } from '../json-scan.ts'
import type { Outgoing } from '../outgoing.ts'
import { splice } from '../splice.ts'
import type { Edit } from '../splice.ts'

/** The flag that tells a gateway of pictures; the messages that hold them stay as they are. */
export const VISION_MODALITIES: readonly string[] = ['text', 'vision']
/** What a gateway makes of `thinking`. */
const EFFORT = 'medium'

/** The request in the hub, before it is encoded: thinking that was asked for in any API's words is a medium effort. */
export function forGateway(request: HubRequest): HubRequest {
  const { thinking, extra, ...rest } = request
  const { thinking: flag, ...others } = extra
  const wanted = thinking?.mode === 'enabled' || thinking?.mode === 'adaptive' || isThinking(flag)
  return {
    ...rest,
    extra: others,
    ...(wanted && rest.effort === undefined ? { effort: EFFORT } : {}),
  }
}

/** The request as it goes out: whether it is a stream is always said, and JSON modes stand where Responses has them. */
export function asGatewayBody(outgoing: Outgoing, { instance, profile }: Route): Outgoing {
  const body = outgoing.pieces.length === 1 ? outgoing.pieces[0]! : Buffer.concat(outgoing.pieces)
  const members = scanMembers(body)
  const value = (key: string): unknown => {
    const member = members.findLast((one) => one.key === key)
    return member === undefined ? undefined : JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd))
  }
  const changes: Record<string, unknown> = { stream: outgoing.stream }
  if (instance.enable_vision === true && value('modalities') === undefined) changes['modalities'] = VISION_MODALITIES
  const losses = [...outgoing.losses]
  const flag = value('thinking')
  if (flag !== undefined) {
    changes['thinking'] = undefined
    const given = value('reasoning')
    const reasoning = isThinking(flag) ? thinkingOf(given, profile) : given
    if (reasoning !== given) changes['reasoning'] = reasoning
    if (isThinking(flag) && reasoning === undefined) {
      losses.push({ path: 'thinking', kind: 'dropped', reason: 'The model does not reason.' })
    }
  }
  const format = value('response_format')
  if (format !== undefined) {
    changes['response_format'] = undefined
    const text = value('text')
    const said = isFields(text) ? text : {}
    if (said['format'] === undefined && isFields(format)) changes['text'] = { ...said, format: textFormat(format) }
  }
  const edits = Object.entries(changes).flatMap(([key, changed]): Edit[] => {
    const found = members.filter((one) => one.key === key)
    if (changed === undefined) return found.map((member) => ({ type: 'remove', member }))
    const json = JSON.stringify(changed)
    if (found.length > 0) return found.map((member) => ({ type: 'value', member, json }))
    const after = members.find((one) => one.key === 'model')
    return after === undefined ? [] : [{ type: 'insert', after, key, json }]
  })
  return { ...outgoing, losses, pieces: splice(body, members, edits) }
}

/** `thinking: true`, or what Anthropic's clients write. */
export function isThinking(flag: unknown): boolean {
  return flag === true || (isFields(flag) && (flag['type'] === 'enabled' || flag['type'] === 'adaptive'))
}

/** `reasoning` with an effort, if the model takes any; one that the client asked for counts for more. */
function thinkingOf(given: unknown, profile: ModelProfile): unknown {
  if (isFields(given) && typeof given['effort'] === 'string') return given
  const { effort } = effortFor({ dialect: 'responses', effort: EFFORT }, profile)
  return effort === undefined ? given : { ...(isFields(given) ? given : {}), effort }
}

/** `response_format` is one level deeper in Chat than `text.format` in Responses. */
function textFormat(format: Fields): Fields {
  const { json_schema: declared, ...rest } = format
  return isFields(declared) ? { ...rest, ...declared } : rest
}
