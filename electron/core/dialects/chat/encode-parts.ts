import type { CacheMark, MediaPart, Part } from '../../hub.ts'
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
      throw unsupported(path, 'This kind of content exists only in the API that it was written for.')
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
      throw unsupported(path, 'Chat Completions takes images by URL or as data, not by file id.')
  }
}

function encodeAudio(part: MediaPart, path: string): WirePart {
  const { source } = part.media
  if (source.type !== 'data') throw unsupported(path, 'Chat Completions takes audio only as data.')
  return { type: 'input_audio', input_audio: { data: source.data, format: source.mime.replace(/^audio\//, '') } }
}

function encodeFile(part: MediaPart, scope: EncodeScope, path: string): WirePart {
  const { source, name } = part.media
  const filename = name === undefined ? {} : { filename: name }
  switch (source.type) {
    case 'url':
      if (scope.request.dialect === 'chat') return { type: 'file', file: { file_data: source.url, ...filename } }
      throw unsupported(path, 'Chat Completions takes no files by URL, and the proxy fetches nothing by itself.')
    case 'file':
      if (scope.request.dialect === 'messages')
        throw unsupported(path, 'A file id belongs to the provider that gave it.')
      return { type: 'file', file: { file_id: source.fileId, ...filename } }
    case 'data': {
      if (scope.request.dialect === 'chat' || !source.mime.startsWith('text/')) {
        return { type: 'file', file: { file_data: `data:${source.mime};base64,${source.data}`, ...filename } }
      }
      scope.lose(path, 'degraded', 'A text document became plain text.')
      const title = name === undefined ? '' : ` title=${JSON.stringify(name)}`
      return { type: 'text', text: `<document${title}>\n${textOf(source.data)}\n</document>` }
    }
  }
}

/** UTF-8 text of base64 data; data that is none is taken as the text itself. */
function textOf(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    return base64
  }
}

/** One lone text as a string, as every server understands it; anything more as parts. */
export function contentOf(parts: readonly WirePart[]): string | readonly WirePart[] {
  const [first] = parts
  if (first === undefined) return ''
  const isLoneText = parts.length === 1 && first['type'] === 'text' && Object.keys(first).length === 2
  return isLoneText ? (first['text'] as string) : parts
}

/** Cache marks for models that know them: only the last four count, in Chat's own spelling. */
export function cacheMarks(scope: Pick<EncodeScope, 'request' | 'profile'>): (mark?: CacheMark) => WirePart {
  const { request, profile } = scope
  if (!profile.cacheBreakpoints) return () => ({})
  const count = request.turns
    .flatMap((turn) => turn.parts)
    .filter((part) => 'cache' in part && part.cache !== undefined).length
  let seen = 0
  return (mark) => {
    if (mark === undefined) return {}
    seen += 1
    return count - seen < 4 ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}
  }
}

/** Where a turn stands in the client's request: exact for Chat, whose messages are turns one for one. */
export function turnPath(scope: Pick<EncodeScope, 'request'>, index: number): string {
  const list = clientPath(scope.request.dialect, 'turns')
  return scope.request.dialect === 'chat' ? `${list}[${index}]` : list
}
