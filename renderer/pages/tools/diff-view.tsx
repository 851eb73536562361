import type { ReactElement } from 'react'
import type { DiffLine, FileChange } from '../../../shared/tools.ts'
import { plural } from '../../ui/format.ts'

/** What a file has lost and gained, with its line numbers before and after. */
export function DiffView({ change }: { change: FileChange }): ReactElement {
  const { path, created, added, removed, lines } = change
  const told = `${created ? 'New file' : 'Change to'} ${path}: ${plural(added, 'line')} added, ${removed} removed`
  return (
    <section>
      <div className="sec-h">
        <h3 className="h3 cut" title={path}>
          {lines.length === 0 ? path : `${created ? 'New file' : 'Change to'} ${path}`}
        </h3>
        <span className="grow" />
        {lines.length > 0 && (
          <span className="f12" aria-hidden="true">
            <span className="ok med">+{added}</span> {removed > 0 && <span className="err med">−{removed}</span>}
          </span>
        )}
      </div>
      {lines.length === 0 ? (
        <p className="hint">It says all of this already.</p>
      ) : (
        <div className="codebox">
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
          <div className="diff" role="region" aria-label={told} tabIndex={0}>
            {lines.map((line, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- lines of one fixed difference
              <Row key={index} line={line} />
            ))}
          </div>
        </div>
      )}
    </section>
  )
}

const LOOKS: Record<Exclude<DiffLine['kind'], 'gap'>, { className: string; sign: string; word: string }> = {
  same: { className: '', sign: ' ', word: '' },
  added: { className: 'add', sign: '+', word: 'added: ' },
  removed: { className: 'del', sign: '−', word: 'removed: ' },
}

function Row({ line }: { line: DiffLine }): ReactElement {
  if (line.kind === 'gap')
    return <div className="gap">{`… ${plural(line.count, 'line')} as ${line.count === 1 ? 'it is' : 'they are'}`}</div>
  const look = LOOKS[line.kind]
  return (
    <div className={look.className}>
      <span className="ln" aria-hidden="true">
        {line.kind === 'added' ? '' : line.before}
      </span>
      <span className="ln" aria-hidden="true">
        {line.kind === 'removed' ? '' : line.after}
      </span>
      <span className="sg">
        <span aria-hidden="true">{look.sign}</span>
        <span className="sr">{look.word}</span>
      </span>
      <span>{coloured(line.text)}</span>
    </div>
  )
}

/** Keys, strings and comments of JSON, TOML and YAML, as far as one line tells. */
function coloured(text: string): ReactElement[] {
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?=\s*:)|"(?:[^"\\]|\\.)*"|^\s*[\w.-]+(?=\s*[=:])|(?:^|\s)(?:#|\/\/).*$)/)
  return parts.map((part, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- parts of one fixed text
    <span key={index} className={index % 2 === 1 ? colourOf(part, parts[index + 1] ?? '') : undefined}>
      {part}
    </span>
  ))
}

function colourOf(part: string, next: string): string {
  if (/^\s*(#|\/\/)/.test(part)) return 'c-c'
  if (!part.startsWith('"')) return 'c-k'
  return /^\s*:/.test(next) ? 'c-k' : 'c-s'
}
