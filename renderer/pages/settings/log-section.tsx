import type { ReactElement } from 'react'
import { useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Select } from '../../ui/select.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { Failed } from './failed.tsx'
import { shownLogLine } from './log-line.ts'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import { TextSetting, type SectionProps } from './text-setting.tsx'
import { isFixed, useSave } from './use-settings.ts'

/** What the program says of itself. */
export function LogSection({ view, onSaved }: SectionProps): ReactElement {
  const { console } = useServices()
  const { failure, save } = useSave(onSaved)
  const answer = useAnswer(() => console.settings.log(), [console])
  const lines = answer.value?.lines ?? []
  return (
    <section aria-labelledby="h-log" id="log">
      <h2 id="h-log">Log</h2>
      <Row label="Level" hint="Prompts are never logged">
        <div className="s-select narrow">
          <Select
            label="Log level"
            value={view.logLevel.value}
            options={(['error', 'warn', 'info', 'debug'] as const).map((level) => ({ value: level, label: level }))}
            disabled={isFixed(view.logLevel.source)}
            onChange={(logLevel) => save({ logLevel })}
          />
        </div>
        <SettingNotes failure={failure} source={view.logLevel.source} />
      </Row>
      <TextSetting
        key={view.logFile.value ?? ''}
        id="log-file"
        label="File"
        hint="Beside the standard output; empty: none"
        shown={view.logFile.value ?? ''}
        source={view.logFile.source}
        placeholder="none"
        width="path"
        change={(text) => ({ logFile: text === '' ? null : text })}
        onSaved={onSaved}
      />
      <div className="log-head">
        <h3 className="h3">Latest lines</h3>
        <span className="grow" />
        <CopyButton text={() => lines.join('\n')} label="Copy log lines" words />
        <Button size="sm" look="ghost" icon="replay" disabled={answer.loading} onClick={answer.reload}>
          Read again
        </Button>
      </div>
      <Failed failure={answer.failure} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <pre className="code s wrap-code log-lines" tabIndex={0} role="region" aria-label="Latest log lines">
        {lines.length === 0 ? 'Nothing was logged yet.' : lines.map(shownLogLine).join('\n')}
      </pre>
    </section>
  )
}
