import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactElement, ReactNode } from 'react'

export interface DialogProps {
  open: boolean
  title: string
  onClose: () => void
  /** As large as the window allows, for what is read side by side. */
  large?: boolean
  children: ReactNode
}

/** A dialog with a title; its content brings its own footer. Esc closes it. */
export function Dialog({ open, title, onClose, large = false, children }: DialogProps): ReactElement {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} disablePointerDismissal>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup className={large ? 'dialog floating-dialog large' : 'dialog floating-dialog wide'}>
          <header>
            <Base.Title className="dialog-title">{title}</Base.Title>
          </header>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
