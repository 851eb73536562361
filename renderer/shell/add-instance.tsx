import type { ReactElement } from 'react'
import { useServices } from '../services.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { InstanceDialog } from '../pages/models/instance-dialog.tsx'
import '../pages/models/models.css'

export interface AddInstanceProps {
  /** Stands in the form; it is neither tested nor saved before the user says so. */
  address: string | undefined
  onClose: () => void
  onSaved: () => void
}

/** The Models page's dialog, from anywhere. */
export default function AddInstance({ address, onClose, onSaved }: AddInstanceProps): ReactElement | null {
  const { console, live } = useServices()
  const { value: views } = useAnswer(() => console.instances.list(), [console])
  if (views === undefined) return null
  return (
    <InstanceDialog
      view={undefined}
      taken={views.map(({ instance }) => instance.name)}
      address={address}
      onClose={onClose}
      onSaved={(_views, name) => {
        // oxlint-disable-next-line promise/catch-or-return -- what the test finds stands on the instance's card
        void console.instances.test({ name }).catch(() => undefined)
        void live.refresh()
        onSaved()
      }}
    />
  )
}
