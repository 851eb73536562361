import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react'

const SECTIONS = [
  ['server', 'Server'],
  ['access', 'Access'],
  ['keys', 'Local keys'],
  ['budgets', 'Budgets'],
  ['prices', 'Prices'],
  ['spending', 'Spending'],
  ['recording', 'Recording'],
  ['alerts', 'Alerts'],
  ['look', 'Appearance'],
  ['program', 'Program'],
  ['files', 'Data folder'],
  ['log', 'Log'],
] as const

/** So close to an edge, in CSS pixels, counts as there. */
const NEAR_PX = 24

export interface SectionLinksProps {
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>
  desktop: boolean
  /** The section that was asked for by an address. */
  asked: string | undefined
}

/** Leads to the parts of the page, and shows which one is read. */
export function SectionLinks({ scroller, desktop, asked }: SectionLinksProps): ReactElement {
  const [current, setCurrent] = useState<string>('server')
  /** Was gone to, and stays the current one while it is in view: near the end no part reaches the top. */
  const chosen = useRef<HTMLElement>(undefined)
  const show = (id: string, focus: boolean): void => {
    const section = scroller.current?.querySelector<HTMLElement>(`#${id}`)
    section?.scrollIntoView()
    chosen.current = section ?? undefined
    setCurrent(id)
    if (focus) section?.querySelector<HTMLElement>('input, button, [tabindex="0"]')?.focus({ preventScroll: true })
  }
  useEffect(() => {
    if (asked !== undefined && SECTIONS.some(([id]) => id === asked)) show(asked, false)
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each address
  }, [asked])
  useEffect(() => {
    const area = scroller.current
    if (!area) return
    const onScroll = (): void => {
      if (chosen.current !== undefined && isInView(chosen.current, area)) return
      chosen.current = undefined
      setCurrent(readSection(area))
    }
    const forget = (): void => {
      chosen.current = undefined
    }
    area.addEventListener('wheel', forget, { passive: true })
    area.addEventListener('keydown', forget)
    area.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      area.removeEventListener('scroll', onScroll)
      area.removeEventListener('wheel', forget)
      area.removeEventListener('keydown', forget)
    }
  }, [scroller])
  return (
    <nav className="sn" aria-label="Settings sections">
      {SECTIONS.map(([id, title]) => (
        <button key={id} type="button" aria-current={current === id} onClick={() => show(id, true)}>
          {id === 'program' && desktop ? 'Desktop' : title}
        </button>
      ))}
    </nav>
  )
}

function isInView(section: HTMLElement, area: HTMLElement): boolean {
  const { top } = section.getBoundingClientRect()
  const view = area.getBoundingClientRect()
  return top >= view.top - NEAR_PX && top < view.bottom - NEAR_PX
}

/** The last section whose head has come to the top; at the very end, the last one. */
function readSection(area: HTMLElement): string {
  const sections = [...area.querySelectorAll<HTMLElement>(':scope > section')]
  if (area.scrollTop + area.clientHeight >= area.scrollHeight - 2) return sections.at(-1)?.id ?? 'server'
  const line = area.getBoundingClientRect().top + NEAR_PX
  return sections.findLast((section) => section.getBoundingClientRect().top <= line)?.id ?? 'server'
}
