import { useCallback, useEffect, useState } from 'react'

export const SPEEDS = [1, 2, 4, 8, 0.5] as const

export interface Playback {
  /** The time that is looked at, in milliseconds; absent: the end, also while it moves away. */
  timeMs: number | undefined
  playing: boolean
  speed: number
  seek: (ms: number | undefined) => void
  toggle: () => void
  nextSpeed: () => void
}

/** A clock over the time of a stream that can be moved, started and stopped. `endMs` = its end. */
export function usePlayback(endMs: number): Playback {
  const [timeMs, setTimeMs] = useState<number>()
  const [playing, setPlaying] = useState(false)
  const [speed, setSpeed] = useState<number>(SPEEDS[0])

  // At the end it stands, and goes on by itself if the stream grows.
  const ended = timeMs !== undefined && timeMs >= endMs

  const seek = useCallback((ms: number | undefined) => {
    setPlaying(false)
    setTimeMs(ms)
  }, [])
  const toggle = useCallback(() => {
    setPlaying(!playing || ended)
    // At the end, it plays from the beginning.
    setTimeMs((before) => (before === undefined || before >= endMs ? 0 : before))
  }, [endMs, playing, ended])
  const nextSpeed = useCallback(
    () => setSpeed((before) => SPEEDS[(SPEEDS.findIndex((one) => one === before) + 1) % SPEEDS.length] ?? 1),
    [],
  )

  useEffect(() => {
    if (!playing || ended) return
    let last: number | undefined
    let frame = requestAnimationFrame(function tick(now) {
      const passed = (now - (last ?? now)) * speed
      last = now
      setTimeMs((before) => Math.min(endMs, (before ?? 0) + passed))
      frame = requestAnimationFrame(tick)
    })
    return () => cancelAnimationFrame(frame)
  }, [playing, ended, speed, endMs])

  return { timeMs, playing: playing && !ended, speed, seek, toggle, nextSpeed }
}
