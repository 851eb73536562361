import { useId, useState, type ReactElement } from 'react'

/** Stop sequences, one per line. `\n` and `\t` stand for a line break and a tab. */
export function StopRow({
  value,
  onChange,
}: {
  value: readonly string[]
  onChange: (value: string[]) => void
}): ReactElement {
  const id = useId()
  const [text, setText] = useState(() => value.map(escaped).join('\n'))
  return (
    <div className="field">
      <label htmlFor={id}>Stop sequences</label>
      <textarea
        id={id}
        className="input mono"
        rows={Math.min(4, text.split('\n').length)}
        placeholder="one per line, at most 4"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          const sequences = event.target.value.split('\n').filter((line) => line !== '')
          onChange(sequences.slice(0, 4).map(unescaped))
        }}
      />
    </div>
  )
}

function escaped(sequence: string): string {
  return sequence.replaceAll('\n', String.raw`\n`).replaceAll('\t', String.raw`\t`)
}

function unescaped(line: string): string {
  return line.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\t`, '\t')
}
