import { useEffect, useRef, useState, type RefObject } from 'react'
import type { MountedReader } from './mount.ts'

type EditorModule = typeof import('./mount.ts')

/**
 * Loads the editors and mounts one into the element; mounts anew when one of `keys` changes.
 *
 * @returns the element's ref, and the editor once it is there
 */
export function useEditor(
  mount: (editors: EditorModule, host: HTMLElement) => MountedReader,
  keys: readonly unknown[],
): { host: RefObject<HTMLDivElement | null>; editor: MountedReader | undefined } {
  const host = useRef<HTMLDivElement>(null)
  const [editor, setEditor] = useState<MountedReader>()
  useEffect(() => {
    let mounted: MountedReader | undefined
    let gone = false
    void import('./mount.ts').then((editors) => {
      if (gone || !host.current) return undefined
      mounted = mount(editors, host.current)
      setEditor(mounted)
      return undefined
    })
    return () => {
      gone = true
      mounted?.destroy()
      setEditor(undefined)
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller names what the editor depends on
  }, keys)
  return { host, editor }
}
