import { lazy, Suspense, type ReactElement } from 'react'
import { failureOf } from '../console.ts'
import { go } from '../route.ts'
import { useServices } from '../services.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { useNotice } from '../ui/notice.tsx'
import type { ShellDialog } from './shell-dialog.ts'

const Palette = lazy(() => import('./palette/palette.tsx'))
const Shortcuts = lazy(() => import('./shortcuts.tsx'))
const AddInstance = lazy(() => import('./add-instance.tsx'))

export interface ShellDialogsProps {
  open: ShellDialog | undefined
  onDialog: (dialog: ShellDialog | undefined) => void
}

/** What can be opened from every page. Its code is loaded when it is first asked for. */
export function ShellDialogs({ open, onDialog }: ShellDialogsProps): ReactElement | null {
  const { console } = useServices()
  const { notify } = useNotice()
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
        <Confirm
          open
          title="Clear all recorded traffic?"
          action="Clear"
          onClose={close}
          onConfirm={() => {
            console.traffic.clear().catch((error: unknown) => notify(failureOf(error).message))
          }}
        >
          Every exchange that has ended is removed from this computer. It cannot be undone.
        </Confirm>
      )
  }
}
