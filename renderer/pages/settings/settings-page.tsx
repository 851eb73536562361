import { useState, type ReactElement } from 'react'
import type { SettingsView } from '../../../shared/contract.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { sourceWords } from '../../ui/sources.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { Budgets } from './budgets.tsx'
import { LocalKey } from './local-key.tsx'
import { NamedKeys } from './named-keys.tsx'
import { Prices } from './prices.tsx'
import { Row } from './row.tsx'
import { Spending } from './spending.tsx'
import './settings.css'

/** Label and reason left, control right. What was set from outside is shown, and says by what. */
export default function SettingsPage(): ReactElement {
  const { console, live } = useServices()
  const info = useLive((state) => state.info)
  const answer = useAnswer(() => console.settings.get(), [console])
  const view = answer.value
  const taken = (next: SettingsView): void => {
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
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="sc" tabIndex={0} role="group" aria-label="All settings">
        {answer.failure && <Banner kind="err" title={answer.failure.message} text={answer.failure.fix} />}
        {view && (
          <>
            <section aria-labelledby="h-server">
              <h2 id="h-server">Server</h2>
              <Port key={view.port.value} view={view} onSaved={taken} />
            </section>
            <section aria-labelledby="h-access">
              <h2 id="h-access">Access</h2>
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
            <NamedKeys />
            <Budgets />
            <Prices />
            <Spending />
            <section aria-labelledby="h-look">
              <h2 id="h-look">Appearance</h2>
              <ThemeRow view={view} onSaved={taken} />
            </section>
            <section aria-labelledby="h-files">
              <h2 id="h-files">Files</h2>
              {info && <PathRow label="Data folder" hint="Recorded traffic and logs" path={info.dataDir} />}
              <PathRow label="Settings file" hint="Holds no keys, only references to them" path={view.settingsFile} />
              {view.configFile !== undefined && (
                <PathRow
                  label="Configuration file"
                  hint="Read at start, wins over the settings"
                  path={view.configFile}
                />
              )}
            </section>
          </>
        )}
      </div>
    </>
  )
}

type Saved = (view: SettingsView) => void

function fixed(source: SettingsView['port']['source']): boolean {
  return source === 'environment' || source === 'file' || source === 'flag'
}

function Port({ view, onSaved }: { view: SettingsView; onSaved: Saved }): ReactElement {
  const { console } = useServices()
  const [text, setText] = useState(String(view.port.value))
  const [failure, setFailure] = useState<Failure>()
  const port = Number(text)
  const valid = /^\d+$/.test(text) && port <= 65_535
  const locked = fixed(view.port.source)
  const apply = (): void => {
    console.settings.save({ port }).then(onSaved, (error: unknown) => setFailure(failureOf(error)))
  }
  return (
    <Row label="Port" hint="Fixed; it never changes by itself" htmlFor="port">
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (valid && !locked && port !== view.port.value) apply()
        }}
      >
        <input
          id="port"
          className="input port"
          inputMode="numeric"
          value={text}
          disabled={locked}
          aria-invalid={valid ? undefined : true}
          aria-describedby="port-note"
          onChange={(event) => setText(event.target.value.trim())}
        />
        <Button type="submit" disabled={locked || !valid || port === view.port.value}>
          Apply
        </Button>
      </form>
      <span id="port-note" className="s-note">
        {failure ? (
          <span className="st err f12 wrap">
            <Icon name="error" size={14} />
            {failure.message} {failure.fix}
          </span>
        ) : !valid ? (
          <span className="st err f12">
            <Icon name="error" size={14} />a number from 0 to 65535
          </span>
        ) : view.port.value !== view.activePort && view.port.value !== 0 ? (
          <span className="st warn f12 wrap">
            <Icon name="warn" size={14} />
            Still listening on {view.activePort}. Restart Lazuli to use {view.port.value}.
          </span>
        ) : (
          <span className="st f12 t2">
            <Icon name="ok" size={14} className="ok" />
            listening on {view.activePort}
          </span>
        )}
      </span>
      {locked && <span className="src">set {sourceWords(view.port.source)}, so it cannot be changed here</span>}
    </Row>
  )
}

type Theme = SettingsView['theme']['value']
const THEMES: readonly { theme: Theme; name: string; icon: IconName }[] = [
  { theme: 'system', name: 'System', icon: 'moon-sun' },
  { theme: 'light', name: 'Light', icon: 'sun' },
  { theme: 'dark', name: 'Dark', icon: 'moon' },
]

function ThemeRow({ view, onSaved }: { view: SettingsView; onSaved: Saved }): ReactElement {
  const { console } = useServices()
  const [failure, setFailure] = useState<Failure>()
  const locked = fixed(view.theme.source)
  const choose = (theme: Theme): void => {
    console.settings.save({ theme }).then(onSaved, (error: unknown) => setFailure(failureOf(error)))
  }
  return (
    <Row label="Theme">
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the checked radio has the focus */}
      <div
        className="seg-ctl"
        role="radiogroup"
        aria-label="Theme"
        onKeyDown={(event) => {
          const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
          if (by === undefined || locked) return
          event.preventDefault()
          const at = THEMES.findIndex((entry) => entry.theme === view.theme.value)
          const next = THEMES[(at + by + THEMES.length) % THEMES.length]
          if (!next) return
          choose(next.theme)
          event.currentTarget.querySelector<HTMLElement>(`[data-theme-name="${next.theme}"]`)?.focus()
        }}
      >
        {THEMES.map(({ theme, name, icon }) => (
          <button
            key={theme}
            type="button"
            role="radio"
            data-theme-name={theme}
            aria-checked={view.theme.value === theme}
            tabIndex={view.theme.value === theme ? 0 : -1}
            disabled={locked}
            onClick={() => choose(theme)}
          >
            <Icon name={icon} size={14} />
            {name}
          </button>
        ))}
      </div>
      {failure && (
        <span className="st err f12">
          <Icon name="error" size={14} />
          {failure.message}
        </span>
      )}
      {locked && <span className="src">set {sourceWords(view.theme.source)}, so it cannot be changed here</span>}
    </Row>
  )
}

function PathRow({ label, hint, path }: { label: string; hint: string; path: string }): ReactElement {
  return (
    <Row label={label} hint={hint}>
      <span className="mono f12 path">{path}</span>
      <CopyButton text={path} label={`Copy path of the ${label.toLowerCase()}`} />
    </Row>
  )
}
