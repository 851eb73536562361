import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Select } from '../../ui/select.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import { TextSetting, typedNumber, type SectionProps } from './text-setting.tsx'
import { isFixed, useSave } from './use-settings.ts'

const LOOPBACK = '127.0.0.1'
const EVERYWHERE = '0.0.0.0'

/** Where Lazuli listens. */
export function ServerSection({ view, onSaved }: SectionProps): ReactElement {
  const restart = view.port.value !== view.activePort && view.port.value !== 0
  return (
    <section aria-labelledby="h-server" id="server">
      <h2 id="h-server">Server</h2>
      <TextSetting
        key={view.port.value}
        id="port"
        label="Port"
        hint="Fixed; it never changes by itself"
        shown={String(view.port.value)}
        source={view.port.source}
        width="number"
        change={(text) => ({ port: typedNumber(text) })}
        onSaved={onSaved}
      >
        {restart ? (
          <span className="st warn f12 wrap">
            <Icon name="warn" size={14} />
            Still listening on {view.activePort}. Restart Lazuli to use {view.port.value}.
          </span>
        ) : (
          <span className="st f12 t2">
            <Icon name="ok" size={14} className="ok" />
            listening on {view.activeHost}, port {view.activePort}
          </span>
        )}
      </TextSetting>
      <Reach view={view} onSaved={onSaved} />
    </section>
  )
}

function Reach({ view, onSaved }: SectionProps): ReactElement {
  const { failure, save } = useSave(onSaved)
  const { value, source } = view.host
  const known = [
    { value: LOOPBACK, label: 'this computer only' },
    { value: EVERYWHERE, label: 'every network of this computer' },
  ]
  const options = known.some((one) => one.value === value) ? known : [...known, { value, label: value }]
  return (
    <Row label="Reachable from" hint="Beyond this computer a local key is required">
      <div className="s-select">
        <Select
          label="Reachable from"
          value={value}
          options={options}
          disabled={isFixed(source)}
          onChange={(host) => save({ host })}
        />
      </div>
      {value !== view.activeHost && (
        <span className="st warn f12 wrap" role="status">
          <Icon name="warn" size={14} />
          Still listening on {view.activeHost}. Restart Lazuli to listen on {value}.
        </span>
      )}
      {value === EVERYWHERE && (
        <span className="hint">
          Calls are not encrypted: in a network that others use, put a proxy with TLS in front of it.
        </span>
      )}
      <SettingNotes failure={failure} source={source} />
    </Row>
  )
}
