import { useState, type ReactElement, type ReactNode } from 'react'
import { useActions } from './use-actions.ts'

/** Takes the bundle that is dropped on the page. */
export function FileDrop({ children }: { children: ReactNode }): ReactElement {
  const { importFile } = useActions()
  const [over, setOver] = useState(false)
  return (
    <div
      className="act-drop"
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false)
      }}
      onDrop={(event) => {
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file === undefined) return
        event.preventDefault()
        importFile(file)
      }}
    >
      {children}
      {over && <div className="act-over">Drop a bundle to import its exchanges</div>}
    </div>
  )
}
