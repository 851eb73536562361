import type { ReactElement } from 'react'

/** A sentence of the engine; what stands between backticks is data and set as such. */
export function Prose({ text }: { text: string }): ReactElement {
  const parts = text.split('`')
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 && index < parts.length - 1 ? (
          // oxlint-disable-next-line react/no-array-index-key -- parts of one fixed sentence
          <span key={index} className="mono">
            {part}
          </span>
        ) : index % 2 === 1 ? (
          `\`${part}`
        ) : (
          part
        ),
      )}
    </>
  )
}
