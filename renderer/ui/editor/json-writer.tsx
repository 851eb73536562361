import { useEffect, useRef, type ReactElement } from 'react'
import type { MountedWriter } from './mount-writer.ts'
import './editor.css'

export interface JsonWriterProps {
  /** Accessible name of the text. */
  label: string
  /** What stands there at first; a later value begins anew. */
  text: string
  onChange: (read: () => string) => void
  /** Told when the editor is there. */
  onMounted?: (editor: MountedWriter) => void
}

/** JSON to write. Loads its editor when it is first shown. */
export function JsonWriter({ label, text, onChange, onMounted }: JsonWriterProps): ReactElement {
  const host = useRef<HTMLDivElement>(null)
  const told = useRef({ onChange, onMounted })
  useEffect(() => {
    told.current = { onChange, onMounted }
  })
  useEffect(() => {
    let mounted: MountedWriter | undefined
    let gone = false
    void import('./mount-writer.ts').then(({ mountWriter }) => {
      if (gone || !host.current) return undefined
      mounted = mountWriter(host.current, text, label, (read) => told.current.onChange(read))
      told.current.onMounted?.(mounted)
      return undefined
    })
    return () => {
      gone = true
      mounted?.destroy()
    }
  }, [text, label])
  return (
    <div className="editor">
      <div className="cm-host" ref={host} />
    </div>
  )
}
