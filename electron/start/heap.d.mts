/** For who imports it from TypeScript. */
export const HEAP_FLAGS: readonly string[]
