/** Parts of the hub as content blocks for an Anthropic model. */
import { clientPath } from '../../client-paths.ts'
import { wrapCustomInput } from '../../custom-input.ts'
import type { HubRequest, MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import { statefulField } from '../../openai/stateful-fields.ts'
import type { ToolNaming } from '../../tool-names.ts'
import { encodeCacheMark } from './cache-marks.ts'
import { isReplayable } from './citations.ts'
import { type Fields, isFields, unsupported } from './fields.ts'

export interface BlockContext {
  request: HubRequest
  naming: ToolNaming
  losses: LossList
}

/** Text as a block; none for blank text, which Anthropic refuses and which says nothing. */
export function textBlocks(part: Pick<TextPart, 'text' | 'cache' | 'citations'>): Fields[] {
  if (part.text.trim() === '') return []
  const block: Fields = { type: 'text', text: part.text }
  const citations = part.citations?.filter(isReplayable) ?? []
  if (citations.length > 0) block['citations'] = citations.map((citation) => citation.raw)
  if (part.cache) block['cache_control'] = encodeCacheMark(part.cache)
  return [block]
}

/** Blocks of a user message or of a tool result. */
export function shownBlocks(part: Part, context: BlockContext): Fields[] {
  switch (part.type) {
    case 'text':
      return textBlocks(part)
    case 'refusal':
      return textBlocks(part)
    case 'image':
    case 'file':
    case 'audio':
      return [mediaBlock(part, context)]
    case 'foreign':
      if (part.dialect === 'messages' && isFields(part.raw)) return [{ ...part.raw }]
      throw unsupported(
        clientPath(context.request.dialect, 'turns'),
        'This content has no form in Anthropic Messages.',
        'Leave it out, or ask a model that is served through that API.',
      )
    case 'reasoning':
    case 'call':
    case 'result':
      return []
  }
}

function mediaBlock(part: MediaPart, context: BlockContext): Fields {
  const path = clientPath(context.request.dialect, 'turns')
  const cache = part.cache ? { cache_control: encodeCacheMark(part.cache) } : {}
  if (part.type === 'audio')
    throw unsupported(path, 'Anthropic models take no audio.', 'Send a transcript, or ask a model that listens.')
  const { detail } = part.media
  if (detail !== undefined && detail !== 'auto') {
    context.losses.dropped(path, 'Anthropic models have no setting for the detail of a picture.')
  }
  const source = splitDataUrl(part.media.source)
  if (source.type === 'file') {
    if (context.request.dialect !== 'messages') {
      throw unsupported(path, `The file "${source.fileId}" belongs to another provider.`, 'Send its content as data.')
    }
    const block = { source: { type: 'file', file_id: source.fileId }, ...cache }
    return { type: part.type === 'image' ? 'image' : 'document', ...block }
  }
  const title = part.type === 'file' && part.media.name !== undefined ? { title: part.media.name } : {}
  if (source.type === 'url') {
    const type = part.type === 'image' ? 'image' : 'document'
    return { type, source: { type: 'url', url: source.url }, ...title, ...cache }
  }
  const mime = source.mime.toLowerCase().split(';')[0]?.trim() ?? ''
  if (part.type === 'image' || mime.startsWith('image/')) {
    return { type: 'image', source: { type: 'base64', media_type: mime, data: source.data }, ...cache }
  }
  if (mime === 'application/pdf') {
    return { type: 'document', source: { type: 'base64', media_type: mime, data: source.data }, ...title, ...cache }
  }
  const text = mime.startsWith('text/') || mime === 'application/json' ? decodeUtf8(source.data) : undefined
  if (text === undefined)
    throw unsupported(path, `Anthropic models take PDF and text files, not "${mime}".`, 'Send it as text or as a PDF.')
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...title, ...cache }
}

/** Anthropic wants media type and data apart, without the `data:` prefix. */
function splitDataUrl(source: MediaPart['media']['source']): MediaPart['media']['source'] {
  if (source.type !== 'url' || !source.url.startsWith('data:')) return source
  const comma = source.url.indexOf(',')
  const mime = source.url.slice('data:'.length, comma).replace(/;base64$/i, '')
  return { type: 'data', data: source.url.slice(comma + 1), mime }
}

function decodeUtf8(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** One block of an assistant message. `sentId` is the call id as Anthropic takes it. */
export function assistantBlocks(part: Part, context: BlockContext, sentId: (id: string) => string): Fields[] {
  const { request, losses } = context
  switch (part.type) {
    case 'text':
      if (part.phase !== undefined) {
        losses.dropped(`${clientPath(request.dialect, 'turns')}.phase`, 'Anthropic messages have no phase.')
      }
      return textBlocks(part)
    case 'refusal':
      return textBlocks(part)
    case 'reasoning':
      return reasoningBlocks(part, context)
    case 'call':
      return [callBlock(part, context, sentId)]
    case 'foreign':
      if (part.dialect === 'messages' && isFields(part.raw)) return [{ ...part.raw }]
      if (isFields(part.raw) && part.raw['type'] === 'item_reference') {
        throw statefulField(clientPath(request.dialect, 'turns'), 'item_reference')
      }
      losses.dropped(clientPath(request.dialect, 'turns'), 'Steps of hosted tools are known to their own API alone.')
      return []
    case 'image':
    case 'file':
    case 'audio':
      losses.dropped(
        clientPath(request.dialect, 'turns'),
        'An assistant message cannot hold media at Anthropic models.',
      )
      return []
    case 'result':
      return []
  }
}

/** Only what Anthropic itself sealed may go back to it; a thinking block without its signature is refused there. */
function reasoningBlocks(part: ReasoningPart, { request, losses }: BlockContext): Fields[] {
  if (part.opaque?.maker === 'anthropic') {
    if (part.opaque.kind === 'redacted') return [{ type: 'redacted_thinking', data: part.opaque.value }]
    if (part.opaque.kind === 'signature') {
      return [{ type: 'thinking', thinking: part.text.join('\n\n'), signature: part.opaque.value }]
    }
  }
  const reason = part.opaque
    ? 'Reasoning of another maker cannot be continued by an Anthropic model.'
    : 'Reasoning came back without its signature.'
  losses.dropped(clientPath(request.dialect, 'reasoning'), reason)
  return []
}

function callBlock(part: ToolCallPart, { request, naming }: BlockContext, sentId: (id: string) => string): Fields {
  return {
    type: 'tool_use',
    id: sentId(part.id),
    name: naming.sent(part.name, part.namespace),
    input: part.custom ? wrapCustomInput(part.arguments) : callInput(part, clientPath(request.dialect, 'turns')),
  }
}

function callInput(part: ToolCallPart, path: string): Fields {
  if (part.arguments.trim() === '') return {}
  let input: unknown
  try {
    input = JSON.parse(part.arguments)
  } catch {
    input = undefined
  }
  if (!isFields(input))
    throw unsupported(
      path,
      `The arguments of tool call "${part.id}" are not a JSON object.`,
      'Send them as the text of a JSON object, or leave the call and its result out.',
    )
  return input
}

export function resultBlock(part: ToolResultPart, context: BlockContext, sentId: string): Fields {
  const content = part.parts.flatMap((inner) => shownBlocks(inner, context))
  const block: Fields = { type: 'tool_result', tool_use_id: sentId }
  const only = content.length === 1 ? content[0] : undefined
  if (only?.['type'] === 'text' && Object.keys(only).length === 2) block['content'] = only['text']
  else if (content.length > 0) block['content'] = content
  if (part.error) {
    // Anthropic takes errors as text alone.
    if (content.every((inner) => inner['type'] === 'text')) block['is_error'] = true
    else context.losses.dropped('messages.content.is_error', 'A result with media cannot be marked as an error.')
  }
  if (part.cache) block['cache_control'] = encodeCacheMark(part.cache)
  return block
}
