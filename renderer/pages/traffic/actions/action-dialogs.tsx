import { lazy, Suspense, type ReactElement } from 'react'
import { useActionState } from './action-state.ts'
import './actions.css'

const EditDialog = lazy(async () => ({ default: (await import('./edit-dialog.tsx')).EditDialog }))
const ExportDialog = lazy(async () => ({ default: (await import('./export-dialog.tsx')).ExportDialog }))
const MockDialog = lazy(async () => ({ default: (await import('./mock-dialog.tsx')).MockDialog }))
const CompareDialog = lazy(async () => ({ default: (await import('../compare/compare-dialog.tsx')).CompareDialog }))
const FaultsDialog = lazy(async () => ({ default: (await import('../faults/faults-dialog.tsx')).FaultsDialog }))

/** The dialog that is open, if any; each loads when it is first needed. */
export function ActionDialogs(): ReactElement {
  return (
    <Suspense fallback={null}>
      <OpenDialog />
    </Suspense>
  )
}

function OpenDialog(): ReactElement | null {
  const { dialog, ask } = useActionState()
  const close = (): void => ask(undefined)
  switch (dialog?.kind) {
    case 'edit':
      return <EditDialog id={dialog.id} onClose={close} />
    case 'export':
      return <ExportDialog ids={dialog.ids} more={dialog.more} onClose={close} />
    case 'mock':
      return <MockDialog ids={dialog.ids} more={dialog.more} onClose={close} />
    case 'compare':
      return <CompareDialog before={dialog.before} after={dialog.after} onClose={close} />
    case 'faults':
      return <FaultsDialog onClose={close} />
    case undefined:
      return null
  }
}
