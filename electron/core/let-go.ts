/**
 * Gives large memory back as soon as it is of no use: the collector, which knows of it only as a few small objects, would
 * let hundreds of megabytes stand, or look through the whole heap for each of them. What was let go of is empty, for
 * whoever still looks at it. Does nothing to bytes that share their memory with others.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength) buffer.transfer(0)
}
