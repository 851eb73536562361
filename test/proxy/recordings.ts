/** The recorded answers, and a source of cuts that is random but the same in every run. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DialectId } from '../../shared/exchange.ts'

const folder = join(import.meta.dirname, '../fixtures')

export interface Recording {
  name: string
  dialect: DialectId
  bytes: Buffer
}

/** @param kind `sse` for streams, `json` for whole answers */
export function recordings(dialect: DialectId, kind: 'sse' | 'json'): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${dialect}__`) && name.endsWith(`.${kind}`))
    .toSorted()
    .map((name) => ({ name, dialect, bytes: readFileSync(join(folder, name)) }))
}

/** Mulberry32: small, and good enough to choose where to cut. */
export function randomSource(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function randomCuts(length: number, count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * length))
}
