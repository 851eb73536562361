import type { ReactElement, ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'

export interface BannerProps {
  kind: 'err' | 'warn' | 'info'
  /** What happened. */
  title: string
  /** Why, and what to do. */
  text?: ReactNode
  /** In the flow of a page, with corners, instead of across it. */
  inset?: boolean
  /** Buttons that do what the text advises. */
  children?: ReactNode
}

const ICONS: Record<BannerProps['kind'], IconName> = { err: 'error', warn: 'warn', info: 'info' }

/** Says what happened, why, and what to do, in that order. */
export function Banner({ kind, title, text, inset = false, children }: BannerProps): ReactElement {
  return (
    <div
      className={`banner${kind === 'info' ? '' : ` ${kind}`}${inset ? ' inset' : ''}`}
      role={kind === 'err' ? 'alert' : 'status'}
    >
      <Icon name={ICONS[kind]} />
      <div className="grow">
        {inset ? <div className="strong">{title}</div> : <span className="strong">{title}</span>}{' '}
        {text !== undefined && (inset ? <div className="t2">{text}</div> : <span>{text}</span>)}
        {children !== undefined && <div className="row banner-acts">{children}</div>}
      </div>
    </div>
  )
}
