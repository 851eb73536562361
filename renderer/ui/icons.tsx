/**
 * The icons of the window: drawn on a 16 px grid, 1.4 px strokes, in the colour of the text around them. They are put
 * into the page once, as a sprite, so that no file has to be fetched and no row carries its own paths.
 */
import type { ReactElement, ReactNode } from 'react'

const shapes = {
  traffic: <path d="M2 5h9.5M9 2.5 11.5 5 9 7.5M14 11H4.5M7 8.5 4.5 11 7 13.5" />,
  playground: (
    <>
      <path d="M2.5 3.5h11v8h-6l-3 2.5v-2.5h-2z" />
      <path d="M5.5 6.5h5M5.5 8.75h3" />
    </>
  ),
  models: (
    <>
      <path d="M8 2 14 5 8 8 2 5z" />
      <path d="m2 8 6 3 6-3M2 11l6 3 6-3" />
    </>
  ),
  tools: <path d="M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9V8a4.5 4.5 0 0 1-9 0zM8 12.5V14" />,
  settings: (
    <>
      <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" />
      <circle cx="10" cy="4.5" r="2" />
      <circle cx="6" cy="11.5" r="2" />
    </>
  ),
  play: <path d="M5 3.5v9l7-4.5z" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  record: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
    </>
  ),
  check: <path d="m3 8.5 3.5 3.5L13 4.5" />,
  ok: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.25 8.25 2 2 3.5-4" />
    </>
  ),
  x: <path d="m4 4 8 8M12 4l-8 8" />,
  error: (
    <>
      <path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z" />
      <path d="M8 5v3.5M8 11v.01" />
    </>
  ),
  warn: (
    <>
      <path d="M8 2.25 14.25 13.5H1.75z" />
      <path d="M8 6.5v3M8 11.5v.01" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5V11M8 5v.01" />
    </>
  ),
  'chev-r': <path d="m6 3.5 4.5 4.5L6 12.5" />,
  'chev-d': <path d="m3.5 6 4.5 4.5L12.5 6" />,
  'chev-ud': <path d="m5 6 3-3 3 3M5 10l3 3 3-3" />,
  'arrow-r': <path d="M2.5 8h11M9.5 4l4 4-4 4" />,
  'arrow-d': <path d="M8 2.5v11M4 9.5l4 4 4-4" />,
  'step-l': <path d="M11.5 3.5 7 8l4.5 4.5M4.5 3.5v9" />,
  'step-r': <path d="M4.5 3.5 9 8l-4.5 4.5M11.5 3.5v9" />,
  clear: <path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.75 7v4M9.25 7v4" />,
  replay: (
    <>
      <path d="M3 8a5 5 0 1 0 1.6-3.7L3 5.75" />
      <path d="M3 2.5v3.25h3.25" />
    </>
  ),
  edit: <path d="m10.5 3 2.5 2.5L6 12.5l-3 .5.5-3z" />,
  key: (
    <>
      <circle cx="5" cy="11" r="2.75" />
      <path d="m7 9 6-6M10.5 5.5l2 2" />
    </>
  ),
  eye: (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  undo: (
    <>
      <path d="M5.5 3 2.5 6l3 3" />
      <path d="M2.5 6H10a3.5 3.5 0 0 1 0 7H6" />
    </>
  ),
  redo: (
    <>
      <path d="m10.5 3 3 3-3 3" />
      <path d="M13.5 6H6a3.5 3.5 0 0 0 0 7h4" />
    </>
  ),
  terminal: <path d="m2.5 4 4 4-4 4M8.5 12.5h5" />,
  code: <path d="m5.5 4-4 4 4 4M10.5 4l4 4-4 4" />,
  more: <path d="M3.5 8v.01M8 8v.01M12.5 8v.01" strokeWidth="2" />,
  pending: <circle cx="8" cy="8" r="6" strokeDasharray="2.4 2.3" />,
  cube: (
    <>
      <path d="M8 1.75 13.5 4.75v6.5L8 14.25l-5.5-3v-6.5z" />
      <path d="M2.5 4.75 8 7.75l5.5-3M8 7.75v6.5" />
    </>
  ),
  send: <path d="M8 13V3M3.75 7.25 8 3l4.25 4.25" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1" />,
  lossy: <path d="M2.5 3h11L9.5 8v4.5l-3 1V8z" />,
  shield: <path d="M8 1.75 13 3.5V8c0 3-2.2 5.2-5 6.25C5.2 13.2 3 11 3 8V3.5z" />,
  file: <path d="M4 1.75h5l3 3v9.5H4zM9 1.75v3h3" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1" />
    </>
  ),
  moon: <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" />,
  'moon-sun': (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11" />
      <path d="M8 4.5h3.5M8 7h5M8 9.5h4.5M8 12h2" />
    </>
  ),
  gauge: <path d="M2.5 12a6 6 0 1 1 11 0M8 9.5 10.5 6" />,
  filter: <path d="M2 4h12M4.5 8h7M6.5 12h3" />,
  bookmark: <path d="M4 2.5h8v11L8 10.5l-4 3z" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.5V8l2.5 1.5" />
    </>
  ),
  fault: <path d="M9 1.75 3.5 9H8l-1 5.25L12.5 7H8z" />,
  grip: <path d="M6 3.5v.01M10 3.5v.01M6 8v.01M10 8v.01M6 12.5v.01M10 12.5v.01" strokeWidth="2" />,
  plus: <path d="M8 3v10M3 8h10" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3 3" />
    </>
  ),
  attach: <path d="m13 7.5-5 5a3.2 3.2 0 0 1-4.5-4.5l5.25-5.25a2.1 2.1 0 0 1 3 3L6.5 11" />,
  wrench: (
    <path d="M13.5 4.75 11.25 7 9 4.75l2.25-2.25a3.75 3.75 0 0 0-4.9 4.9L2.5 11.25l2.25 2.25 3.85-3.85a3.75 3.75 0 0 0 4.9-4.9z" />
  ),
  branch: (
    <>
      <circle cx="4" cy="3.75" r="1.75" />
      <circle cx="12" cy="12.25" r="1.75" />
      <path d="M4 5.5v7M4 9c0-2 1.5-2.5 4-2.5s4 .75 4 4" />
    </>
  ),
  columns: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.5" />
      <path d="M8 3v10" />
    </>
  ),
  single: <rect x="2" y="3" width="12" height="10" rx="1.5" />,
  'chev-l': <path d="m10 3.5-4.5 4.5 4.5 4.5" />,
  'dock-l': (
    <>
      <rect x="2" y="2.5" width="12" height="11" rx="1.5" />
      <path d="M6.5 2.5v11" />
    </>
  ),
  'dock-r': (
    <>
      <rect x="2" y="2.5" width="12" height="11" rx="1.5" />
      <path d="M9.5 2.5v11" />
    </>
  ),
  pin: <path d="M5.5 2.5h5l-.75 4 2.25 2.5H4l2.25-2.5zM8 9v4.5" />,
  compare: (
    <>
      <path d="M2.5 3h4v10h-4zM9.5 3h4v10h-4z" />
      <path d="M8 1.5v13" strokeDasharray="2 2" />
    </>
  ),
  export: <path d="M8 2v8M5 7l3 3 3-3M2.5 10.5v3h11v-3" />,
  import: <path d="M8 10V2M5 5l3-3 3 3M2.5 10.5v3h11v-3" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

export interface IconProps {
  name: IconName
  /** Edge length in CSS pixels. */
  size?: 12 | 14 | 16 | 20
  className?: string
}

/** One icon. It is decoration: the word or the accessible name stands beside it. */
export function Icon({ name, size = 16, className = '' }: IconProps): ReactElement {
  return (
    <svg className={`i${size === 16 ? '' : ` s${size}`} ${className}`.trim()} aria-hidden="true" focusable="false">
      <use href={`#i-${name}`} />
    </svg>
  )
}

/** All icons, hidden; rendered once at the top of the page. */
export function IconSprite(): ReactElement {
  return (
    <svg className="sprite" aria-hidden="true" width="0" height="0">
      {Object.entries(shapes).map(([name, shape]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 16 16">
          {shape}
        </symbol>
      ))}
    </svg>
  )
}

/** The mark of the app: a cut lapis lazuli. */
export function Mark(): ReactElement {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path fill="#1f57c3" d="M7.2 2.5h9.2l5.1 6.7-4.1 10-8.6 2.3L2.5 14z" />
      <path fill="#4d86ea" d="M7.2 2.5h9.2l-3.2 6.9-7.4-.6z" />
      <path fill="#173f91" d="m13.2 9.4 8.3-.2-4.1 10z" />
      <path fill="#2c67d8" d="m5.8 8.8 7.4.6-4.4 12.1L2.5 14z" />
      <g fill="#e8c267">
        <circle cx="9" cy="13.4" r=".95" />
        <circle cx="15.6" cy="12.2" r=".8" />
        <circle cx="11.2" cy="5.6" r=".75" />
      </g>
    </svg>
  )
}
