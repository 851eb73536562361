import type { Attachment } from '../../../shared/playground.ts'
import { bytes } from '../../ui/format.ts'
import type { Taken } from './taken.ts'

/** What every API takes of one picture. */
const IMAGE_LIMIT = 5_000_000
const PDF_LIMIT = 10_000_000
const TEXT_LIMIT = 500_000
/** Of one message; bodies end at 64 MB, and a chat sends its pictures with every turn. */
const TOTAL_LIMIT = 20_000_000
const MOST_ATTACHMENTS = 10

const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** `refused`: a sentence that names the file and why. */
export type ReadAttachment = { attachment: Attachment } | { refused: string }

/**
 * A file as a part of a message. What a model would not read is refused here, with the reason, before anything is sent.
 *
 * @param taken by every deployment that is asked
 * @param before what the message has already
 */
export async function readAttachment(
  file: File,
  taken: readonly Taken[],
  before: readonly Attachment[],
): Promise<ReadAttachment> {
  const name = file.name === '' ? 'pasted image' : file.name
  const refused = refusal(file, name, taken, before)
  if (refused !== undefined) return { refused }
  if (IMAGES.has(file.type)) return { attachment: { type: 'image', name, mime: file.type, data: await base64(file) } }
  if (file.type === 'application/pdf') {
    return { attachment: { type: 'file', name, mime: file.type, data: await base64(file) } }
  }
  const text = textIn(await file.arrayBuffer())
  return text === undefined
    ? { refused: `${name} is neither text, nor a picture (PNG, JPEG, GIF, WebP), nor a PDF.` }
    : { attachment: { type: 'text', name, text } }
}

function refusal(file: File, name: string, taken: readonly Taken[], before: readonly Attachment[]): string | undefined {
  if (before.length >= MOST_ATTACHMENTS) return `A message holds ${MOST_ATTACHMENTS} attachments; ${name} is one more.`
  const isImage = IMAGES.has(file.type)
  const isPdf = file.type === 'application/pdf'
  if (file.type.startsWith('image/') && !isImage) {
    return `${name} is ${file.type.slice(6).toUpperCase()}; models read PNG, JPEG, GIF and WebP. Convert it first.`
  }
  for (const { images, files } of taken) {
    if (isImage && !images.yes) return `${name} was not attached: ${lowerFirst(images.why)}.`
    if (isPdf && !files.yes) return `${name} was not attached: ${lowerFirst(files.why)}.`
  }
  const limit = isImage ? IMAGE_LIMIT : isPdf ? PDF_LIMIT : TEXT_LIMIT
  if (file.size > limit) return `${name} has ${bytes(file.size)}; at most ${bytes(limit)} of its kind can be sent.`
  const total = before.reduce((sum, one) => sum + sizeOf(one), file.size)
  return total > TOTAL_LIMIT
    ? `With ${name} the message would have ${bytes(total)}; at most ${bytes(TOTAL_LIMIT)} can be sent.`
    : undefined
}

/** Bytes of an attachment, about. */
export function sizeOf(attachment: Attachment): number {
  return attachment.type === 'text' ? attachment.text.length : Math.floor((attachment.data.length * 3) / 4)
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => {
      const { result } = reader
      resolve(typeof result === 'string' ? result.replace(/^data:[^,]*,/, '') : '')
    })
    reader.addEventListener('error', () => reject(reader.error ?? new Error('The file could not be read.')))
    reader.readAsDataURL(file)
  })
}

/** Undefined for what is not text: bytes that are no UTF-8, or a zero byte. */
function textIn(buffer: ArrayBuffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(buffer)
    return text.includes('\u0000') ? undefined : text
  } catch {
    return undefined
  }
}
