import type { ReactElement } from 'react'
import { describeFilter } from '../../../../shared/filter/describe.ts'
import type { ParsedFilter } from '../../../../shared/filter/parse.ts'
import { Button } from '../../../ui/button.tsx'
import { count } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'

export interface FilterNoteProps {
  id: string
  text: string
  parsed: ParsedFilter
  total: { count: number; capped: boolean } | undefined
  onText: (text: string) => void
}

/** What the filter matches, in a sentence, and how many; or what was not understood, and where. */
export function FilterNote({ id, text, parsed, total, onText }: FilterNoteProps): ReactElement {
  const { problem } = parsed
  return (
    <div className={problem ? 'filter-note err' : 'filter-note'} id={id} role="status">
      {problem ? (
        <>
          <Icon name="error" size={14} />
          <span>{problem.message}</span>
          {problem.suggestion !== undefined && (
            <Button
              size="sm"
              onClick={() => onText(text.slice(0, problem.from) + problem.suggestion + text.slice(problem.to))}
            >
              Use <span className="mono">{problem.suggestion}</span>
            </Button>
          )}
        </>
      ) : (
        <>
          <span className="cut">{describeFilter(parsed.filter)}</span>
          {total && <span className="num strong">{matchText(total)}</span>}
        </>
      )}
    </div>
  )
}

function matchText({ count: matches, capped }: { count: number; capped: boolean }): string {
  if (matches === 1) return '1 exchange matches'
  return `${count(matches)}${capped ? '+' : ''} exchanges match`
}
