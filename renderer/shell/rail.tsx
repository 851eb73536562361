import type { ReactElement } from 'react'
import { hrefOf, type PageName } from '../route.ts'
import { Icon, Mark, type IconName } from '../ui/icons.tsx'

export interface RailPage {
  name: Exclude<PageName, 'welcome'>
  title: string
  icon: IconName
}

/** The pages that exist, in the order of the keys Ctrl/⌘ 1–5. */
export const RAIL_PAGES: readonly RailPage[] = [
  { name: 'traffic', title: 'Traffic', icon: 'traffic' },
  { name: 'playground', title: 'Playground', icon: 'playground' },
  { name: 'models', title: 'Models', icon: 'models' },
  { name: 'tools', title: 'Tools', icon: 'tools' },
  { name: 'settings', title: 'Settings', icon: 'settings' },
]

export function Rail({ current }: { current: PageName }): ReactElement {
  return (
    <nav className="rail" aria-label="Pages">
      <div className="rail-mark">
        <Mark />
      </div>
      <ul>
        {RAIL_PAGES.map((page, index) => (
          <li key={page.name}>
            <a
              className="rail-link"
              href={hrefOf(page.name)}
              aria-current={page.name === current ? 'page' : undefined}
              title={`${page.title}  ${modifier()}${index + 1}`}
            >
              <Icon name={page.icon} />
              <span>{page.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The command key as this system writes it. */
export function modifier(): string {
  return /darwin|mac/i.test(window.lazuli?.platform ?? navigator.platform) ? '⌘' : 'Ctrl '
}
