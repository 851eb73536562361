import type { ReactElement } from 'react'
import { failureOf } from '../console.ts'
import { useServices } from '../services.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { useNotice } from '../ui/notice.tsx'

/** Asks, then removes what was recorded. */
export default function ClearTraffic({ onClose }: { onClose: () => void }): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  return (
    <Confirm
      open
      title="Clear all recorded traffic?"
      action="Clear"
      onClose={onClose}
      onConfirm={() => {
        console.traffic.clear().catch((error: unknown) => notify(failureOf(error).message))
      }}
    >
      Every exchange that has ended is removed from this computer. It cannot be undone.
    </Confirm>
  )
}
