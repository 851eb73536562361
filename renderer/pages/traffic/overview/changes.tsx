import { useMemo, type ReactElement } from 'react'
import type { ExchangeDetail, LaneEvent, Loss } from '../../../../shared/exchange.ts'
import { dialectName } from '../../../ui/dialects.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Prose } from '../../../ui/prose.tsx'
import { parseObject } from '../read-json.ts'
import { categoryText, filterVerdicts, verdictText, type FilterVerdict } from './filter-verdicts.ts'
import { inOneLine, valueAtPath } from './value-at-path.ts'

const LOOKS: Record<Loss['kind'], string> = { dropped: ' err', degraded: ' warn', carried: '' }
const ORDER: readonly Loss['kind'][] = ['dropped', 'degraded', 'carried']
/** Longer bodies are not read just to show what stood at a path. */
const READ_CHARS = 4_000_000

/** What was changed on the way, and what a content filter said. */
export function Changes({
  detail,
  upstream,
}: {
  detail: ExchangeDetail
  upstream: readonly LaneEvent[]
}): ReactElement {
  const { text } = detail.requestBody
  const losses = ORDER.flatMap((kind) => detail.losses.filter((loss) => loss.kind === kind))
  const body = useMemo(
    () => (losses.length > 0 && text.length < READ_CHARS ? parseObject(text) : undefined),
    [losses.length, text],
  )
  const verdicts = useMemo(() => filterVerdicts(upstream), [upstream])
  return (
    <section>
      <h2>What was changed on the way</h2>
      <p className="hint">{changesText(detail)}</p>
      {losses.map((loss) => (
        <LossLine key={`${loss.kind} ${loss.path} ${loss.reason}`} loss={loss} before={valueAtPath(body, loss.path)} />
      ))}
      {verdicts.length > 0 && <Verdicts verdicts={verdicts} />}
    </section>
  )
}

function changesText({ summary, losses }: ExchangeDetail): string {
  const { clientDialect, upstreamDialect } = summary
  if (upstreamDialect === undefined) return 'Nothing was sent upstream.'
  if (clientDialect !== undefined && clientDialect !== upstreamDialect) {
    const lost = losses.filter((loss) => loss.kind !== 'carried').length
    const what = lost === 0 ? 'Nothing was lost.' : `${lost} of ${losses.length} not carried in full.`
    return `${dialectName(clientDialect)} → ${dialectName(upstreamDialect)}. ${what}`
  }
  return losses.length > 0
    ? 'Same API on both sides; the request was fitted to the model.'
    : 'Same API on both sides: the bytes of the answer went through untouched.'
}

function LossLine({ loss, before }: { loss: Loss; before: unknown }): ReactElement {
  return (
    <div className="loss">
      <span className={`badge${LOOKS[loss.kind]}`}>{loss.kind}</span>
      <span className="mono path">{loss.path}</span>
      {before !== undefined && (
        <span className="was mono" title={inOneLine(before)}>
          <span className="sr">before: </span>
          {inOneLine(before)}
        </span>
      )}
      <span className="w">
        <Prose text={loss.reason} />
      </span>
    </div>
  )
}

function isNotable({ filtered, severity, detected }: FilterVerdict): boolean {
  return filtered || detected === true || (severity !== undefined && severity !== 'safe')
}

/** Safe verdicts are told in one line: they are the rule. */
function Verdicts({ verdicts }: { verdicts: readonly FilterVerdict[] }): ReactElement {
  const shown = verdicts.filter(isNotable)
  return (
    <div className="blockh">
      <h2>Content filter</h2>
      {shown.map((verdict) => (
        <div key={`${verdict.of} ${verdict.category}`} className="verdict">
          <Icon name={verdict.filtered ? 'error' : 'info'} size={14} className={verdict.filtered ? 'err' : 't3'} />
          <span>
            {categoryText(verdict.category)}
            <span className="t3 verdict-w">{verdictText(verdict)}</span>
          </span>
        </div>
      ))}
      <p className="hint">
        {verdicts.length - shown.length > 0 &&
          `${verdicts.length - shown.length} verdicts of prompt and answer: safe, nothing detected.`}
        {shown.some(({ filtered }) => filtered) &&
          ' The thresholds belong to the deployment’s content filter; they can be changed in the Foundry portal.'}
      </p>
    </div>
  )
}
