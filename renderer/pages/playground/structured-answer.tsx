import { useMemo, type ReactElement } from 'react'
import { valueIssues } from '../../../shared/json-schema.ts'
import { CodeView } from '../../ui/code-view.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { plural } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'

export interface StructuredAnswerProps {
  text: string
  schema: Readonly<Record<string, unknown>>
  /** The answer ended by itself; else it cannot be whole. */
  complete: boolean
}

const MOST_SHOWN = 8

/** An answer that was asked for by a schema: as JSON, and whether it fits. */
export function StructuredAnswer({ text, schema, complete }: StructuredAnswerProps): ReactElement {
  const problems = useMemo(() => (complete ? problemsIn(text, schema) : []), [text, schema, complete])
  return (
    <div className="codebox structured">
      <div className="codebox-head">
        {complete ? (
          problems.length === 0 ? (
            <span className="st ok">
              <Icon name="ok" size={14} />
              Fits the schema
            </span>
          ) : (
            <span className="st err">
              <Icon name="error" size={14} />
              Does not fit the schema
            </span>
          )
        ) : (
          <span className="t3">JSON by schema</span>
        )}
        <span className="grow" />
        <CopyButton text={text} label="Copy JSON" words />
      </div>
      <CodeView label="Answer as JSON" text={text} />
      {problems.length > 0 && (
        <ul className="problems f12">
          {problems.slice(0, MOST_SHOWN).map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
          {problems.length > MOST_SHOWN && <li>and {plural(problems.length - MOST_SHOWN, 'more problem')}</li>}
        </ul>
      )}
    </div>
  )
}

function problemsIn(text: string, schema: Readonly<Record<string, unknown>>): string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return ['This is no JSON.']
  }
  return valueIssues(value, schema).map(({ path, message }) => `${path} ${message}`)
}
