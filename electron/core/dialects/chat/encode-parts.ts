import type { MediaPart, Part } from '../../hub.ts'
import { documentText } from '../../openai/media.ts'
import { clientPath } from '../../client-paths.ts'
import { unsupported, type EncodeScope } from './encode-scope.ts'

export type WirePart = Record<string, unknown>

/** A user's text or media as a content part. Refuses what Chat cannot carry and would be missed. */
export function encodeUserPart(part: Part, scope: EncodeScope, path: string): WirePart | undefined {
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : { type: 'text', text: part.text, ...scope.cacheMark(part.cache) }
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'image':
    case 'file':
    case 'audio':
      return encodeMedia(part, scope, path)
    case 'foreign':
      if (part.dialect === 'chat') return part.raw as WirePart
      throw unsupported(
        path,
        'This kind of content exists only in the API that it was written for.',
        'Leave it out, or ask a model that is served through that API.',
      )
    case 'reasoning':
    case 'call':
    case 'result':
      scope.lose(path, 'dropped', `A user message cannot hold a ${part.type}.`)
      return undefined
  }
}

function encodeMedia(part: MediaPart, scope: EncodeScope, path: string): WirePart {
  const cache = scope.cacheMark(part.cache)
  switch (part.type) {
    case 'image':
      return { type: 'image_url', image_url: encodeImage(part, path), ...cache }
    case 'audio':
      return { ...encodeAudio(part, path), ...cache }
    case 'file':
      return { ...encodeFile(part, scope, path), ...cache }
  }
}

function encodeImage(part: MediaPart, path: string): WirePart {
  const { source, detail } = part.media
  const rest = detail === undefined ? {} : { detail }
  switch (source.type) {
    case 'data':
      return { url: `data:${source.mime};base64,${source.data}`, ...rest }
    case 'url':
      return { url: source.url, ...rest }
    case 'file':
      throw unsupported(
        path,
        'Chat Completions takes images by URL or as data, not by file id.',
        "Send the picture's address or its data.",
      )
  }
}

function encodeAudio(part: MediaPart, path: string): WirePart {
  const { source } = part.media
  if (source.type !== 'data')
    throw unsupported(path, 'Chat Completions takes audio only as data.', 'Send the sound itself.')
  return { type: 'input_audio', input_audio: { data: source.data, format: source.mime.replace(/^audio\//, '') } }
}

function encodeFile(part: MediaPart, scope: EncodeScope, path: string): WirePart {
  const { source, name } = part.media
  const filename = name === undefined ? {} : { filename: name }
  const isOwn = scope.request.dialect === 'chat'
  switch (source.type) {
    case 'url':
      if (isOwn) return { type: 'file', file: { file_data: source.url, ...filename } }
      throw unsupported(
        path,
        'Chat Completions takes no files by URL, and the proxy fetches nothing by itself.',
        "Send the file's content as data.",
      )
    case 'file':
      if (scope.request.dialect === 'messages')
        throw unsupported(path, 'A file id belongs to the provider that gave it.', "Send the file's content as data.")
      return { type: 'file', file: { file_id: source.fileId, ...filename } }
    case 'data': {
      if (isOwn || !source.mime.startsWith('text/')) {
        // Data without a name is refused.
        const standIn = isOwn ? {} : { filename: source.mime === 'application/pdf' ? 'document.pdf' : 'document' }
        const file_data = `data:${source.mime};base64,${source.data}`
        return { type: 'file', file: { file_data, ...standIn, ...filename } }
      }
      scope.lose(path, 'degraded', 'A text document became plain text.')
      return { type: 'text', text: documentText(source.data, name) }
    }
  }
}

/** One lone text as a string, as every server understands it; anything more as parts. */
export function contentOf(parts: readonly WirePart[]): string | readonly WirePart[] {
  const [first] = parts
  if (first === undefined) return ''
  const isLoneText = parts.length === 1 && first['type'] === 'text' && Object.keys(first).length === 2
  return isLoneText ? (first['text'] as string) : parts
}

/** Where a turn stands in the client's request: exact for Chat, whose messages are turns one for one. */
export function turnPath(scope: Pick<EncodeScope, 'request'>, index: number): string {
  const list = clientPath(scope.request.dialect, 'turns')
  return scope.request.dialect === 'chat' ? `${list}[${index}]` : list
}
