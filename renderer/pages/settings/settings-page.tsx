import { useRef, type ReactElement } from 'react'
import type { SettingsView } from '../../../shared/settings.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { AccessSection } from './access-section.tsx'
import { AlertsSection } from './alerts-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { Budgets } from './budgets.tsx'
import { FilesSection } from './files-section.tsx'
import { LogSection } from './log-section.tsx'
import { NamedKeys } from './named-keys.tsx'
import { Prices } from './prices.tsx'
import { ProgramSection } from './program-section.tsx'
import { RecordingSection } from './recording-section.tsx'
import { SectionLinks } from './section-links.tsx'
import { ServerSection } from './server-section.tsx'
import { Spending } from './spending.tsx'
import './settings.css'

/** Label and reason left, control right. What was set from outside is shown, and says by what. */
export default function SettingsPage({ section }: { section: string | undefined }): ReactElement {
  const { console, live } = useServices()
  const info = useLive((state) => state.info)
  const scroller = useRef<HTMLDivElement>(null)
  const answer = useAnswer(() => console.settings.get(), [console])
  const view = answer.value
  const onSaved = (next: SettingsView): void => {
    answer.set(next)
    live.store.setState({ settings: next })
  }
  return (
    <>
      <header className="toolbar">
        <h1>Settings</h1>
        <span className="sub cut">
          {info && `Lazuli ${info.version}, ${info.host === 'desktop' ? 'desktop' : 'headless'}`}
        </span>
      </header>
      <div className="sp">
        {view && <SectionLinks scroller={scroller} desktop={view.startAtLogin !== undefined} asked={section} />}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
        <div className="sc" ref={scroller} tabIndex={0} role="group" aria-label="All settings">
          {answer.failure && <Banner kind="err" title={answer.failure.message} text={answer.failure.fix} />}
          {view && (
            <>
              <ServerSection view={view} onSaved={onSaved} />
              <AccessSection view={view} onSaved={onSaved} />
              <NamedKeys />
              <Budgets />
              <Prices />
              <Spending />
              <RecordingSection view={view} onSaved={onSaved} />
              <AlertsSection view={view} onSaved={onSaved} />
              <AppearanceSection view={view} onSaved={onSaved} />
              <ProgramSection view={view} onSaved={onSaved} info={info} />
              <FilesSection view={view} info={info} />
              <LogSection view={view} onSaved={onSaved} />
            </>
          )}
        </div>
      </div>
    </>
  )
}
