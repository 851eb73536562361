import { CSPProvider } from '@base-ui/react/csp-provider'
import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react'
import { useRoute, type PageName } from './route.ts'
import { useLive } from './services.tsx'
import { Banners } from './shell/banners.tsx'
import { ErrorBoundary } from './shell/error-boundary.tsx'
import { Rail, RAIL_PAGES } from './shell/rail.tsx'
import type { ShellDialog } from './shell/shell-dialog.ts'
import { ShellDialogs } from './shell/shell-dialogs.tsx'
import { StatusBar } from './shell/status-bar.tsx'
import { applyTheme, rememberTheme } from './shell/theme.ts'
import { useShellKeys } from './shell/use-shell-keys.ts'
import { IconSprite } from './ui/icons.tsx'
import { NoticeProvider } from './ui/notice.tsx'

const TrafficPage = lazy(() => import('./pages/traffic/traffic-page.tsx'))
const PlaygroundPage = lazy(() => import('./pages/playground/playground-page.tsx'))
const ModelsPage = lazy(() => import('./pages/models/models-page.tsx'))
const ToolsPage = lazy(() => import('./pages/tools/tools-page.tsx'))
const SettingsPage = lazy(() => import('./pages/settings/settings-page.tsx'))
const WelcomePage = lazy(() => import('./pages/welcome/welcome-page.tsx'))

/** The window: rail, one page, status bar. */
export function App(): ReactElement {
  const route = useRoute()
  const firstRun = useLive((state) => state.info?.firstRun ?? false)
  const page = route.page ?? (firstRun ? 'welcome' : 'traffic')
  useTheme()
  const [dialog, setDialog] = useState<ShellDialog>()
  useShellKeys(setDialog)
  useEffect(() => {
    document.title = page === 'welcome' ? 'Lazuli' : `Lazuli · ${titleOf(page)}`
  }, [page])

  return (
    <CSPProvider disableStyleElements>
      <NoticeProvider>
        <IconSprite />
        <div className="app">
          <Rail current={page} />
          <main className="page">
            <Banners />
            <ErrorBoundary key={page} name={titleOf(page)}>
              <Suspense fallback={<PageFrame name={titleOf(page)} />}>
                <Page name={page} item={route.item} />
              </Suspense>
            </ErrorBoundary>
          </main>
          <StatusBar onPalette={() => setDialog({ type: 'palette' })} />
        </div>
        <ShellDialogs open={dialog} onDialog={setDialog} />
      </NoticeProvider>
    </CSPProvider>
  )
}

function Page({ name, item }: { name: PageName; item: string | undefined }): ReactElement {
  switch (name) {
    case 'traffic':
      return <TrafficPage selected={item} />
    case 'playground':
      return <PlaygroundPage />
    case 'models':
      return <ModelsPage />
    case 'tools':
      return <ToolsPage selected={item} />
    case 'settings':
      return <SettingsPage section={item} />
    case 'welcome':
      return <WelcomePage step={item} />
  }
}

/** What stands there while a page's code loads: its frame, no spinner. */
function PageFrame({ name }: { name: string }): ReactElement {
  return (
    <header className="toolbar">
      <h1>{name}</h1>
    </header>
  )
}

function titleOf(page: PageName): string {
  return RAIL_PAGES.find((entry) => entry.name === page)?.title ?? 'Welcome to Lazuli'
}

function useTheme(): void {
  const theme = useLive((state) => state.settings?.theme.value)
  useEffect(() => {
    if (theme === undefined) return
    applyTheme(document, theme)
    rememberTheme(localStorage, theme)
  }, [theme])
}
