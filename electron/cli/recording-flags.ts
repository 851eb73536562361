import { resolve } from 'node:path'
import type { ConfigSources } from '../config/load.ts'

/** Flags of `lazuli serve --recording`. */
export interface RecordingFlags {
  recording?: string | undefined
  speed?: string | undefined
  match?: string | undefined
}

type Sources = Omit<ConfigSources, 'settings'>

/** The sources with a recording as the only instance; as they were when there is none. */
export function withRecording(sources: Sources, { recording, speed, match }: RecordingFlags): Sources {
  if (recording === undefined) return sources
  const instance = {
    name: 'recording',
    provider_type: 'recording',
    recording: resolve(sources.cwd, recording),
    ...(speed === undefined ? {} : { speed }),
    ...(match === undefined ? {} : { match: match.replaceAll('-', '_') }),
  }
  return { ...sources, flags: { ...sources.flags, instances: [instance] }, onlyFlags: true }
}
