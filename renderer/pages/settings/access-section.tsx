import type { ReactElement } from 'react'
import { Banner } from '../../ui/banner.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Select } from '../../ui/select.tsx'
import { LocalKey } from './local-key.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import type { SectionProps } from './text-setting.tsx'
import { isFixed, useSave } from './use-settings.ts'

/** Who may call, and where keys are kept. */
export function AccessSection({ view, onSaved }: SectionProps): ReactElement {
  return (
    <section aria-labelledby="h-access" id="access">
      <h2 id="h-access">Access</h2>
      <Callers view={view} onSaved={onSaved} />
      <LocalKey view={view} />
      <Row label="Keychain" hint="Keys of your resources live there">
        {view.keychain.available ? (
          <span className="st f12">
            <Icon name="ok" size={14} className="ok" />
            available
          </span>
        ) : (
          <Banner
            kind="warn"
            title={view.keychain.problem?.message ?? 'The keychain cannot be used.'}
            text={view.keychain.problem?.fix}
            inset
          />
        )}
      </Row>
    </section>
  )
}

function Callers({ view, onSaved }: SectionProps): ReactElement {
  const { failure, save } = useSave(onSaved)
  return (
    <Row label="Who may call" hint="Holds at once, for every new request">
      <div className="s-select">
        <Select
          label="Who may call"
          value={view.auth.value}
          options={[
            { value: 'token', label: 'who sends a local key' },
            { value: 'open', label: 'every program of this computer' },
          ]}
          disabled={isFixed(view.auth.source)}
          onChange={(auth) => save({ auth })}
        />
      </div>
      <SettingNotes failure={failure} source={view.auth.source} />
    </Row>
  )
}
