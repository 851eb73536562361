import type { ReactElement } from 'react'
import type { AppInfo } from '../../../shared/contract.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import type { SectionProps } from './text-setting.tsx'
import { useSave } from './use-settings.ts'

const FROM_SOURCE = 'git pull && npm start'

/** How the program starts, stays and is brought up to date. */
export function ProgramSection({ view, onSaved, info }: SectionProps & { info: AppInfo | undefined }): ReactElement {
  const { failure, save } = useSave(onSaved)
  const desktop = view.startAtLogin !== undefined
  return (
    <section aria-labelledby="h-program" id="program">
      <h2 id="h-program">{desktop ? 'Desktop' : 'Program'}</h2>
      {desktop ? (
        <>
          <Row label="Start at login" hint="Without a window; the tray icon opens it">
            <Switch
              label="Start at login"
              checked={view.startAtLogin === true}
              onChange={(startAtLogin) => save({ startAtLogin })}
            />
            <SettingNotes failure={failure} />
          </Row>
          <Row label="Closing the window" hint="Your tools go on working">
            <span className="f12 t2">keeps serving. Quit from the tray icon or the menu.</span>
          </Row>
        </>
      ) : (
        <Row label="Start at login" hint="Lazuli runs without a desktop here">
          <span className="f12 t2">
            is up to this machine’s service manager, with <span className="mono">lazuli serve</span>
          </span>
        </Row>
      )}
      <Row label="Updates" hint={info === undefined ? '' : `This is version ${info.version}`}>
        <span className="f12 t2">
          Lazuli asks no server whether there is a newer version. Install that one over this: settings, keys and traffic
          stay. From a clone:
        </span>
        <span className="mono f12 path">{FROM_SOURCE}</span>
        <CopyButton text={FROM_SOURCE} label="Copy update command" />
      </Row>
    </section>
  )
}
