/** Content blocks of a client's messages in neutral form. */
import { openOpaque } from '../../envelope.ts'
import type { MediaPart, MediaSource, Opaque, Part, ReasoningPart, TextPart, ToolResultPart } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import { citationFrom } from './citations.ts'
import {
  type Fields,
  fieldsAt,
  invalid,
  isFields,
  listAt,
  optionalBoolean,
  optionalFields,
  optionalText,
  textAt,
  unsupported,
} from './fields.ts'

export function decodeText(block: unknown, path: string): TextPart {
  const fields = fieldsAt(block, path)
  if (fields['type'] !== 'text') throw invalid(`${path}.type`, 'Input should be "text".')
  const part: TextPart = { type: 'text', text: textAt(fields['text'], `${path}.text`), ...cacheOf(fields, path) }
  const citations = Array.isArray(fields['citations']) ? fields['citations'].filter(isFields) : []
  if (citations.length > 0) part.citations = citations.map((raw) => citationFrom(raw, 0, part.text.length))
  return part
}

/** Throws 400 for a block type that is not known: it may be the very thing that the user asks about. */
export function decodeUserContent(blocks: unknown[], path: string, losses: LossList): Part[] {
  return blocks.flatMap((block, index) => decodeUserBlock(block, `${path}[${index}]`, losses))
}

function decodeUserBlock(block: unknown, path: string, losses: LossList): Part[] {
  const fields = fieldsAt(block, path)
  if (fields['type'] === 'tool_result') return [decodeToolResult(fields, path, losses)]
  return decodeShownBlock(fields, path, losses)
}

/** Blocks that may stand in a user message and in a tool result. */
function decodeShownBlock(fields: Fields, path: string, losses: LossList): Part[] {
  switch (fields['type']) {
    case 'text':
      return [decodeText(fields, path)]
    case 'image':
      return [decodeImage(fields, path)]
    case 'document':
      return decodeDocument(fields, path, losses)
    case 'search_result':
      return [decodeSearchResult(fields, path, losses)]
    case 'tool_reference': {
      losses.degraded(
        'messages.content.tool_reference',
        'Only Anthropic models load tools by reference; it became text.',
      )
      return [{ type: 'text', text: `[tool: ${textAt(fields['tool_name'], `${path}.tool_name`)}]` }]
    }
    default:
      throw unsupported(
        `${path}.type`,
        `Content of type ${JSON.stringify(fields['type'])} cannot be carried to a model that is not from Anthropic.`,
        'Leave it out, or ask an Anthropic model.',
      )
  }
}

function decodeImage(fields: Fields, path: string): MediaPart {
  const source = fieldsAt(fields['source'], `${path}.source`)
  return { type: 'image', media: { source: mediaSource(source, `${path}.source`) }, ...cacheOf(fields, path) }
}

function decodeDocument(fields: Fields, path: string, losses: LossList): Part[] {
  const source = fieldsAt(fields['source'], `${path}.source`)
  const title = optionalText(fields['title'], `${path}.title`)
  const context = optionalText(fields['context'], `${path}.context`)
  const wantsCitations = isFields(fields['citations']) && fields['citations']['enabled'] === true
  if (wantsCitations) losses.dropped('messages.content.citations', 'Only Anthropic models cite from documents.')
  const cache = cacheOf(fields, path)

  if (source['type'] === 'text' || source['type'] === 'content') {
    losses.degraded('messages.content.document', 'A text document became marked text.')
    const tag = Object.entries({ title, context }).flatMap(([name, value]) =>
      value === undefined ? [] : [` ${name}=${JSON.stringify(value)}`],
    )
    const start = `<document${tag.join('')}>\n`
    const end = '\n</document>'
    if (source['type'] === 'text' || typeof source['content'] === 'string') {
      const text = textAt(source['type'] === 'text' ? source['data'] : source['content'], `${path}.source.data`)
      return [{ type: 'text', text: `${start}${text}${end}`, ...cache }]
    }
    const inner = listAt(source['content'], `${path}.source.content`).flatMap((block, index) => {
      const at = `${path}.source.content[${index}]`
      return decodeShownBlock(fieldsAt(block, at), at, losses)
    })
    return [{ type: 'text', text: start }, ...inner, { type: 'text', text: end, ...cache }]
  }
  const media = { source: mediaSource(source, `${path}.source`), ...(title === undefined ? {} : { name: title }) }
  const part: MediaPart = { type: 'file', media, ...cache }
  if (context === undefined) return [part]
  losses.degraded('messages.content.context', 'The context of a document became text before it.')
  return [{ type: 'text', text: context }, part]
}

function decodeSearchResult(fields: Fields, path: string, losses: LossList): TextPart {
  losses.degraded('messages.content.search_result', 'A search result became marked text with its title and source.')
  const blocks = listAt(fields['content'], `${path}.content`)
  const text = blocks.map((block, index) => decodeText(block, `${path}.content[${index}]`).text).join('\n')
  const title = JSON.stringify(optionalText(fields['title'], `${path}.title`) ?? '')
  const source = JSON.stringify(optionalText(fields['source'], `${path}.source`) ?? '')
  return {
    type: 'text',
    text: `<search_result title=${title} source=${source}>\n${text}\n</search_result>`,
    ...cacheOf(fields, path),
  }
}

function mediaSource(source: Fields, path: string): MediaSource {
  switch (source['type']) {
    case 'base64':
      return {
        type: 'data',
        data: textAt(source['data'], `${path}.data`),
        mime: textAt(source['media_type'], `${path}.media_type`),
      }
    case 'url':
      return { type: 'url', url: textAt(source['url'], `${path}.url`) }
    case 'file':
      return { type: 'file', fileId: textAt(source['file_id'], `${path}.file_id`) }
    default:
      throw invalid(`${path}.type`, 'Input should be "base64", "url" or "file".')
  }
}

function decodeToolResult(fields: Fields, path: string, losses: LossList): ToolResultPart {
  const content = fields['content']
  const parts =
    content === undefined || content === null
      ? []
      : typeof content === 'string'
        ? [{ type: 'text' as const, text: content }]
        : listAt(content, `${path}.content`).flatMap((block, index) => {
            const at = `${path}.content[${index}]`
            return decodeShownBlock(fieldsAt(block, at), at, losses)
          })
  return {
    type: 'result',
    id: textAt(fields['tool_use_id'], `${path}.tool_use_id`),
    parts,
    ...(optionalBoolean(fields['is_error'], `${path}.is_error`) === true ? { error: true } : {}),
    ...cacheOf(fields, path),
  }
}

/** Blocks of an assistant message; those of hosted tools stay as they are, for their own dialect alone. */
export function decodeAssistantContent(blocks: unknown[], path: string, losses: LossList): Part[] {
  return blocks.flatMap((block, index): Part[] => {
    const at = `${path}[${index}]`
    const fields = fieldsAt(block, at)
    switch (fields['type']) {
      case 'text':
        return [decodeText(fields, at)]
      case 'thinking':
        return [decodeThinking(fields, at)]
      case 'redacted_thinking': {
        const data = textAt(fields['data'], `${at}.data`)
        const opaque: Opaque = openOpaque(data) ?? { maker: 'anthropic', kind: 'redacted', value: data }
        return [{ type: 'reasoning', text: [], kind: 'full', opaque }]
      }
      case 'tool_use':
        return [
          {
            type: 'call',
            id: textAt(fields['id'], `${at}.id`),
            name: textAt(fields['name'], `${at}.name`),
            arguments: JSON.stringify(optionalFields(fields['input'], `${at}.input`) ?? {}),
          },
        ]
      case 'image':
      case 'document':
        return decodeShownBlock(fields, at, losses)
      default:
        textAt(fields['type'], `${at}.type`)
        return [{ type: 'foreign', dialect: 'messages', raw: fields }]
    }
  })
}

/** A signature is either Anthropic's own or the envelope in which we gave the client another maker's reasoning. */
function decodeThinking(fields: Fields, path: string): ReasoningPart {
  const text = textAt(fields['thinking'], `${path}.thinking`)
  const signature = optionalText(fields['signature'], `${path}.signature`)
  const part: ReasoningPart = { type: 'reasoning', text: text === '' ? [] : [text], kind: 'full' }
  if (signature === undefined || signature === '') return part
  const enveloped = openOpaque(signature)
  if (enveloped?.maker === 'openai') part.kind = 'summary'
  part.opaque = enveloped ?? { maker: 'anthropic', kind: 'signature', value: signature }
  return part
}

function cacheOf(fields: Fields, path: string): { cache?: Fields } {
  const cache = optionalFields(fields['cache_control'], `${path}.cache_control`)
  return cache === undefined ? {} : { cache }
}
