import { lazy, Suspense, type ReactElement } from 'react'
import { go } from '../route.ts'
import type { ShellDialog } from './shell-dialog.ts'

const Palette = lazy(() => import('./palette/palette.tsx'))
const Shortcuts = lazy(() => import('./shortcuts.tsx'))
const ClearTraffic = lazy(() => import('./clear-traffic.tsx'))
const AddInstance = lazy(() => import('./add-instance.tsx'))

export interface ShellDialogsProps {
  open: ShellDialog | undefined
  onDialog: (dialog: ShellDialog | undefined) => void
}

/** What can be opened from every page. Its code is loaded when it is first asked for. */
export function ShellDialogs({ open, onDialog }: ShellDialogsProps): ReactElement | null {
  const close = (): void => onDialog(undefined)
  switch (open?.type) {
    case undefined:
      return null
    case 'palette':
      return (
        <Suspense>
          <Palette onClose={close} onDialog={onDialog} />
        </Suspense>
      )
    case 'shortcuts':
      return (
        <Suspense>
          <Shortcuts onClose={close} />
        </Suspense>
      )
    case 'instance':
      return (
        <Suspense>
          <AddInstance
            address={open.address}
            onClose={close}
            onSaved={() => {
              close()
              go('models')
            }}
          />
        </Suspense>
      )
    case 'clear':
      return (
        <Suspense>
          <ClearTraffic onClose={close} />
        </Suspense>
      )
  }
}
