import { useEffect, useState } from 'react'
import type { ExchangeSummary } from '../../../shared/exchange.ts'
import type { ModelChoice } from '../../../shared/model-facts.ts'
import { failureOf } from '../../console.ts'
import { go, hrefOf } from '../../route.ts'
import { useLive, useServices } from '../../services.tsx'
import { clock } from '../../ui/format.ts'
import { useNotice } from '../../ui/notice.tsx'
import { modifier, RAIL_PAGES } from '../rail.tsx'
import type { ShellDialog } from '../shell-dialog.ts'
import type { Command } from './command.ts'

/** Exchanges in which is looked, the newest. */
const RECENT = 2_000

const SECTIONS: readonly [id: string, title: string, words: string][] = [
  ['server', 'Server', 'port address bind listen network'],
  ['access', 'Access', 'local key token keychain auth'],
  ['keys', 'Local keys', 'named keys'],
  ['budgets', 'Budgets', 'limit spending'],
  ['prices', 'Prices', 'cost'],
  ['spending', 'Spending', 'cost sums csv'],
  ['recording', 'Recording', 'journal days bytes bodies erase'],
  ['alerts', 'Alerts', 'webhook slack teams feishu'],
  ['look', 'Appearance', 'theme dark light'],
  ['program', 'Program', 'login update version desktop'],
  ['files', 'Data folder', 'path settings file'],
  ['log', 'Log', 'level lines'],
]

/** All that the palette offers now. */
export function useCommands(show: (dialog: ShellDialog) => void): Command[] {
  const { console, live, chat } = useServices()
  const { notify } = useNotice()
  const status = useLive((state) => state.status)
  const theme = useLive((state) => state.settings?.theme)
  const [models, setModels] = useState<readonly ModelChoice[]>([])
  useEffect(() => {
    const over = new AbortController()
    console.models.choices(undefined, { signal: over.signal }).then(setModels, () => undefined)
    return () => over.abort()
  }, [console])

  const tell = (error: unknown): void => notify(failureOf(error).message)
  const chatWith = (model?: string): void => {
    chat.getState().newChat()
    const { session, setLane } = chat.getState()
    const [lane] = session.head.lanes
    if (model !== undefined && lane) setLane(lane.id, { model })
    go('playground')
  }
  const setTheme = (next: 'system' | 'light' | 'dark'): void => {
    console.settings.save({ theme: next }).then((settings) => live.store.setState({ settings }), tell)
  }
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => notify(`Copied ${text}`),
      () => notify('The browser refused to copy.'),
    )
  }

  const pages = RAIL_PAGES.map((page, index): Command => ({
    id: `go-${page.name}`,
    group: 'Go to',
    icon: page.icon,
    title: page.title,
    keys: `${modifier()}${index + 1}`,
    run: () => go(page.name),
  }))
  const actions: Command[] = [
    { id: 'new-chat', group: 'Actions', icon: 'plus', title: 'New chat', run: () => chatWith() },
    ...(status === undefined
      ? []
      : [
          {
            id: 'recording',
            group: 'Actions' as const,
            icon: status.recording ? ('pause' as const) : ('record' as const),
            title: status.recording ? 'Pause recording' : 'Resume recording',
            run: () => void console.traffic.setRecording({ on: !status.recording }).catch(tell),
          },
          {
            id: 'copy-base-url',
            group: 'Actions' as const,
            icon: 'copy' as const,
            title: 'Copy base URL',
            note: status.baseUrl,
            run: () => copy(status.baseUrl),
          },
        ]),
    {
      id: 'add-instance',
      group: 'Actions',
      icon: 'plus',
      title: 'Add instance',
      words: 'connect azure resource',
      run: () => show({ type: 'instance' }),
    },
    {
      id: 'clear',
      group: 'Actions',
      icon: 'clear',
      title: 'Clear recorded traffic…',
      words: 'erase journal',
      run: () => show({ type: 'clear' }),
    },
    ...(['light', 'dark', 'system'] as const)
      .filter(
        (next) =>
          theme !== undefined && (theme.source === 'settings' || theme.source === 'default') && theme.value !== next,
      )
      .map((next): Command => ({
        id: `theme-${next}`,
        group: 'Actions',
        icon: next === 'light' ? 'sun' : next === 'dark' ? 'moon' : 'moon-sun',
        title: `Theme: ${next === 'system' ? 'as the system' : next}`,
        run: () => setTheme(next),
      })),
    {
      id: 'shortcuts',
      group: 'Actions',
      icon: 'info',
      title: 'Keyboard shortcuts',
      keys: '?',
      run: () => show({ type: 'shortcuts' }),
    },
    {
      id: 'welcome',
      group: 'Actions',
      icon: 'ok',
      title: 'First steps',
      words: 'welcome onboarding setup',
      run: () => go('welcome'),
    },
  ]
  const sections = SECTIONS.map(([id, title, words]): Command => ({
    id: `settings-${id}`,
    group: 'Settings',
    icon: 'settings',
    title: `Settings: ${title}`,
    words,
    run: () => go('settings', id),
  }))
  const choices = models.map((model): Command => ({
    id: `model-${model.name}`,
    group: 'Models',
    icon: 'cube',
    title: `Chat with ${model.name}`,
    run: () => chatWith(model.name),
  }))
  const exchanges = live.rows.snapshot().rows.slice(-RECENT).toReversed().map(exchangeCommand)
  return [...pages, ...actions, ...sections, ...choices, ...exchanges]
}

function exchangeCommand(row: ExchangeSummary): Command {
  return {
    id: row.id,
    group: 'Exchanges',
    icon: 'traffic',
    title: `${clock(row.startedAt).slice(0, 8)} ${row.client} ${row.askedModel ?? row.path}`,
    note: row.id,
    words: `${row.id} ${row.session ?? ''}`,
    run: () => {
      location.hash = hrefOf('traffic', row.id)
    },
  }
}
