import type { ReactElement } from 'react'
import type { TestResult } from '../../../shared/instance-view.ts'
import { duration } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'

/** What was asked, what came back, and what to do. */
export function TestReport({ result }: { result: TestResult }): ReactElement {
  return (
    <div className="test-report" role="status">
      <p className={result.ok ? 'st wrap' : 'st err wrap'}>
        <Icon name={result.ok ? 'ok' : 'error'} size={14} className={result.ok ? 'ok' : ''} />
        <span>
          {result.message} <span className="t3">{result.ok || result.ms > 0 ? duration(result.ms) : ''}</span>
        </span>
      </p>
      {result.fix !== undefined && <p className="t2">{result.fix}</p>}
      {result.request !== '' && (
        <p className="t3 mono asked cut" title={result.request}>
          {result.request}
          {result.status !== undefined && ` → ${result.status}`}
        </p>
      )}
    </div>
  )
}
