import type { ReactElement } from 'react'
import type { Header } from '../../../../shared/exchange.ts'

export interface HeaderListProps {
  /** First line of the message, e.g. `POST /v1/messages`. */
  line: string
  headers: readonly Header[]
  /** For the accessible name, e.g. `upstream request`. */
  name: string
}

/** The head of a message: first line and headers. */
export function HeaderList({ line, headers, name }: HeaderListProps): ReactElement {
  return (
    <aside className="http-head" aria-label={`Head of the ${name}`}>
      <div className="sec-h">
        <h2 className="h3">Headers</h2>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="http-headers" tabIndex={0} role="region" aria-label={`Headers of the ${name}`}>
        <p className="mono http-line">{line}</p>
        {headers.length === 0 ? (
          <p className="hint">No headers yet.</p>
        ) : (
          <dl>
            {headers.map(([header, value], index) => (
              // oxlint-disable-next-line react/no-array-index-key -- headers may be repeated; their order is fixed
              <div key={index}>
                <dt>{header}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </aside>
  )
}
