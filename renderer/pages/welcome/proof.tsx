import type { ReactElement, ReactNode } from 'react'
import { Icon } from '../../ui/icons.tsx'

export interface ProofProps {
  ok: boolean
  title: string
  /** What exactly was seen. */
  children?: ReactNode
  /** Where it can be looked at. */
  link?: { href: string; text: string }
}

/** Something that really happened, or really did not. */
export function Proof({ ok, title, children, link }: ProofProps): ReactElement {
  return (
    <div className={ok ? 'proof' : 'proof bad'} role="status">
      <Icon name={ok ? 'ok' : 'error'} size={20} />
      <div className="med">{title}</div>
      {children}
      {link && (
        <a className="f12" href={link.href}>
          {link.text}
        </a>
      )}
    </div>
  )
}
