import { existsSync, readFileSync } from 'node:fs'
import { partOf } from './unimplemented.ts'

export function createFromBuffer(buffer: Buffer): object {
  return partOf('nativeImage', {
    isEmpty: () => buffer.length === 0,
    toPNG: () => buffer,
    toDataURL: () => `data:image/png;base64,${buffer.toString('base64')}`,
    addRepresentation() {},
    setTemplateImage() {},
  })
}

export const nativeImage = partOf('nativeImage', {
  createEmpty: () => createFromBuffer(Buffer.alloc(0)),
  createFromPath: (path: string) => createFromBuffer(existsSync(path) ? readFileSync(path) : Buffer.alloc(0)),
  createFromBuffer,
  createFromDataURL: (url: string) => createFromBuffer(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
})
