import type { ReactElement } from 'react'
import type { ExchangeFlag, ExchangeSummary, FindingKind } from '../../../../shared/exchange.ts'
import { Icon, type IconName } from '../../../ui/icons.tsx'

/** What the eye should notice of an exchange; each with an icon and a word. */
export function Flags({ row }: { row: ExchangeSummary }): ReactElement {
  return (
    <span className="flags">
      {row.flags.map((flag) => (
        <FlagBadge key={flag} flag={flag} row={row} />
      ))}
      {row.findings?.map((finding) => (
        <FindingBadge key={finding} finding={finding} />
      ))}
    </span>
  )
}

function FlagBadge({ flag, row }: { flag: ExchangeFlag; row: ExchangeSummary }): ReactElement | null {
  switch (flag) {
    case 'retried':
      // Who failed over was retried, too.
      return row.flags.includes('failed_over') ? null : (
        <Badge icon="replay" text={`retried ${Math.max(1, row.attempts - 1)}`} />
      )
    case 'failed_over':
      return <Badge icon="branch" text="failed over" title={`failed over, ${row.attempts} attempts`} />
    case 'lossy':
      return <Badge icon="lossy" kind=" warn" text={`lossy ${row.losses}`} />
    case 'filtered':
      return <Badge icon="shield" kind=" err" text="filtered" />
    case 'truncated':
      return <Badge icon="file" text="clipped" title="Longer than what is recorded of one exchange" />
    case 'faulted':
      return <Badge icon="fault" kind=" warn" text="faulted" title="A fault was put in on purpose" />
  }
}

/** Findings are marks only: what they say stands in the overview. Those that the status tells already are left out. */
function FindingBadge({ finding }: { finding: FindingKind }): ReactElement | null {
  switch (finding) {
    case 'retry-storm':
      return <Mark icon="replay" kind=" err" text="retry storm" />
    case 'cache-break':
      return <Mark icon="undo" kind=" warn" text="prompt cache broken" />
    case 'max-tokens':
      return <Mark icon="stop" kind=" warn" text="cut at the limit of tokens" />
    case 'stall':
      return <Mark icon="clock" text="stalled" />
    case 'content-filter':
    case 'client-left':
    case 'truncated-stream':
      return null
  }
}

interface BadgeProps {
  icon: IconName
  kind?: string
  text: string
  title?: string
}

function Badge({ icon, kind = '', text, title = text }: BadgeProps): ReactElement {
  return (
    <span className={`badge${kind}`} title={title}>
      <Icon name={icon} />
      <span>{text}</span>
    </span>
  )
}

function Mark({ icon, kind = '', text }: BadgeProps): ReactElement {
  return (
    <span className={`badge mark${kind}`} role="img" aria-label={text} title={text}>
      <Icon name={icon} />
    </span>
  )
}
