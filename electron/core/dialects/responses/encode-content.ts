import { clientPath } from '../../client-paths.ts'
import type { MediaPart, Part } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { documentText } from '../../openai/media.ts'
import { unsupported, type EncodeScope } from './encode-scope.ts'

/** What a user or a tool shows to the model, as content parts. Refuses what Responses cannot carry and would be missed. */
export function shownContent(parts: readonly Part[], scope: EncodeScope): Fields[] {
  return parts.map((part) => shownPart(part, scope)).filter((part) => part !== undefined)
}

function shownPart(part: Part, scope: EncodeScope): Fields | undefined {
  const path = clientPath(scope.request.dialect, 'turns')
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : { type: 'input_text', text: part.text, ...scope.cacheMark(part.cache) }
    case 'refusal':
      return { type: 'input_text', text: part.text }
    case 'image':
      return { ...imagePart(part, scope, path), ...scope.cacheMark(part.cache) }
    case 'file':
      return { ...filePart(part, scope, path), ...scope.cacheMark(part.cache) }
    case 'audio':
      throw unsupported(
        path,
        'Responses takes no audio.',
        'Send a transcript, or ask a model that is served through Chat Completions.',
      )
    case 'foreign':
      if (part.dialect === 'responses') return part.raw as Fields
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

function imagePart(part: MediaPart, scope: EncodeScope, path: string): Fields {
  const { source, detail = 'auto' } = part.media
  switch (source.type) {
    case 'data':
      return { type: 'input_image', image_url: `data:${source.mime};base64,${source.data}`, detail }
    case 'url':
      return { type: 'input_image', image_url: source.url, detail }
    case 'file':
      refuseForeignFile(scope, path)
      return { type: 'input_image', file_id: source.fileId, detail }
  }
}

function filePart(part: MediaPart, scope: EncodeScope, path: string): Fields {
  const { source, name } = part.media
  switch (source.type) {
    case 'url':
      return { type: 'input_file', file_url: source.url }
    case 'file':
      refuseForeignFile(scope, path)
      return { type: 'input_file', file_id: source.fileId }
    case 'data': {
      if (source.mime.startsWith('text/') && scope.request.dialect === 'messages') {
        scope.lose(path, 'degraded', 'A text document became plain text.')
        return { type: 'input_text', text: documentText(source.data, name) }
      }
      // Data without a name is refused.
      const filename = name ?? (source.mime === 'application/pdf' ? 'document.pdf' : 'document')
      return { type: 'input_file', filename, file_data: `data:${source.mime};base64,${source.data}` }
    }
  }
}

function refuseForeignFile(scope: EncodeScope, path: string): void {
  if (scope.request.dialect !== 'messages') return
  throw unsupported(path, 'A file id belongs to the provider that gave it.', "Send the file's content as data.")
}
