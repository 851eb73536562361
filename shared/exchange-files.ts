/** Exchanges as files: what leaves the store for the user, and what becomes an upstream that plays them again. */
import * as z from 'zod'

/** Most exchanges of one file, and most UTF-16 units of its text. */
export const fileBounds = { exchanges: 1000, text: 64 * 1024 * 1024 }

/** bundle: everything, see `bundle.ts`. har: for other tools. sse: one lane of one exchange, as a fixture for tests. */
export const ExportFormat = z.enum(['bundle', 'har', 'sse'])
export type ExportFormat = z.infer<typeof ExportFormat>

/** A file for the user to save. */
export const ExportedFile = z.object({ filename: z.string(), mediaType: z.string(), text: z.string() })
export type ExportedFile = z.infer<typeof ExportedFile>

/** Exchanges that are served as an instance of type `recording`. */
export const ServedMock = z.object({
  /** The new instance. */
  instance: z.string(),
  /** Path of the bundle in the data folder; it stays when the instance is removed. */
  file: z.string(),
  /** The names that lead to it now. */
  models: z.array(z.string()),
  exchanges: z.number().int(),
})
export type ServedMock = z.infer<typeof ServedMock>

export const ChosenIds = z.array(z.string()).min(1).max(fileBounds.exchanges)
