import type { ExportedFile } from '../../../../shared/exchange-files.ts'

const FREED_AFTER_MS = 10_000

/** Gives a file to the browser, which keeps it where downloads go. */
export function saveFile({ filename, mediaType, text }: ExportedFile): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: mediaType }))
  link.download = filename
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), FREED_AFTER_MS)
}
