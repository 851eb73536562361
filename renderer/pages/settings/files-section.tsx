import { useState, type ReactElement, type ReactNode } from 'react'
import type { AppInfo } from '../../../shared/contract.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { SettingsView } from '../../../shared/settings.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'

/** Where everything is kept. */
export function FilesSection({ view, info }: { view: SettingsView; info: AppInfo | undefined }): ReactElement {
  const { console } = useServices()
  const [failure, setFailure] = useState<Failure>()
  const open = (): void => {
    console.settings.openDataFolder().then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(failureOf(error)),
    )
  }
  return (
    <section aria-labelledby="h-files" id="files">
      <h2 id="h-files">Data folder</h2>
      {info && (
        <PathRow label="Data folder" hint="Recorded traffic, chats and settings" path={info.dataDir}>
          {info.host === 'desktop' && (
            <Button size="sm" icon="file" onClick={open}>
              Open folder
            </Button>
          )}
          <SettingNotes failure={failure} />
        </PathRow>
      )}
      <PathRow label="Settings file" hint="Holds no keys, only references to them" path={view.settingsFile} />
      {view.configFile !== undefined && (
        <PathRow label="Configuration file" hint="Read at start, wins over the settings" path={view.configFile} />
      )}
    </section>
  )
}

interface PathRowProps {
  label: string
  hint: string
  path: string
  children?: ReactNode
}

function PathRow({ label, hint, path, children }: PathRowProps): ReactElement {
  return (
    <Row label={label} hint={hint}>
      <span className="mono f12 path">{path}</span>
      <CopyButton text={path} label={`Copy path of the ${label.toLowerCase()}`} />
      {children}
    </Row>
  )
}
