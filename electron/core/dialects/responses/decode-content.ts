import type { Citation, Media, MediaPart, Part, TextPart } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { fieldsAt, invalid, isFields, optionalString, stringAt } from '../../openai/fields.ts'
import { sourceOfUrl } from '../../openai/media.ts'
import { decodeAnnotations } from './annotations.ts'

/** Content of a message or a tool's output: a text or a list of parts. Unknown parts stay as they are. */
export function decodeContent(item: Fields, path: string, field = 'content'): Part[] {
  const value: unknown = item['content']
  const contentPath = `${path}.${field}`
  const message = messageFields(item, path)
  if (value === null || value === undefined || value === '') return []
  if (typeof value === 'string') return [{ type: 'text', text: value, ...message }]
  if (!Array.isArray(value)) throw invalid(contentPath, `${contentPath} must be a string or an array of parts.`)
  return value.map((element, index) => {
    const partPath = `${contentPath}[${index}]`
    const part = typeof element === 'string' ? { type: 'input_text', text: element } : fieldsAt(element, partPath)
    return decodePart(part, partPath, message)
  })
}

/** What a message says of all its text. */
function messageFields(item: Fields, path: string): Pick<TextPart, 'itemId' | 'phase'> {
  const id = optionalString(item['id'], `${path}.id`)
  const phase = item['phase']
  return {
    ...(phase === 'commentary' || phase === 'final_answer' ? { phase } : {}),
    ...(item['role'] === 'assistant' && id !== undefined && id !== '' ? { itemId: id } : {}),
  }
}

function decodePart(part: Fields, path: string, message: Pick<TextPart, 'itemId' | 'phase'>): Part {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text': {
      const text: TextPart = { type: 'text', text: stringAt(part['text'], `${path}.text`), ...message }
      const citations: Citation[] = decodeAnnotations(part['annotations'], 0)
      if (citations.length > 0) text.citations = citations
      return withCache(text, part)
    }
    case 'refusal':
      return { type: 'refusal', text: stringAt(part['refusal'], `${path}.refusal`) }
    case 'input_image':
      return withCache({ type: 'image', media: decodeImage(part, path) }, part)
    case 'input_file':
      return withCache({ type: 'file', media: decodeFile(part, path) }, part)
    case 'input_audio': {
      const audio = fieldsAt(part['input_audio'], `${path}.input_audio`)
      const data = stringAt(audio['data'], `${path}.input_audio.data`)
      const format = stringAt(audio['format'], `${path}.input_audio.format`)
      return { type: 'audio', media: { source: { type: 'data', data, mime: `audio/${format}` } } }
    }
    default:
      return { type: 'foreign', dialect: 'responses', raw: part }
  }
}

function decodeImage(part: Fields, path: string): Media {
  const detail = optionalString(part['detail'], `${path}.detail`)
  const rest = detail === undefined ? {} : { detail }
  const fileId = optionalString(part['file_id'], `${path}.file_id`)
  const image = part['image_url']
  // Some clients nest the address as Chat does.
  const url = isFields(image) ? image['url'] : image
  if ((url === undefined || url === null) && fileId !== undefined) return { source: { type: 'file', fileId }, ...rest }
  return { source: sourceOfUrl(stringAt(url, `${path}.image_url`)), ...rest }
}

function decodeFile(part: Fields, path: string): Media {
  const filename = optionalString(part['filename'], `${path}.filename`)
  const name = filename === undefined ? {} : { name: filename }
  const fileId = optionalString(part['file_id'], `${path}.file_id`)
  if (fileId !== undefined) return { source: { type: 'file', fileId }, ...name }
  const url = optionalString(part['file_url'], `${path}.file_url`)
  if (url !== undefined) return { source: sourceOfUrl(url), ...name }
  const data = stringAt(part['file_data'], `${path}.file_data`)
  if (data.startsWith('data:')) return { source: sourceOfUrl(data), ...name }
  const mime = filename?.toLowerCase().endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream'
  return { source: { type: 'data', data, mime }, ...name }
}

function withCache<P extends TextPart | MediaPart>(part: P, raw: Fields): P {
  const mark: unknown = raw['prompt_cache_breakpoint'] ?? raw['cache_control']
  return isFields(mark) ? { ...part, cache: mark } : part
}
