import { useEffect, useState } from 'react'
import type { InstanceLive } from '../../../shared/live.ts'
import { useServices } from '../../services.tsx'
import { watch } from '../../watch.ts'

/** How the instances fare, by name, for as long as a page shows it. */
export function useInstanceLive(): ReadonlyMap<string, InstanceLive> {
  const { console } = useServices()
  const [live, setLive] = useState<ReadonlyMap<string, InstanceLive>>(new Map())
  useEffect(() => {
    const abort = new AbortController()
    void watch(
      {
        open: (signal) => console.instances.live(undefined, { signal }),
        item: (instances) => setLive(new Map(instances.map((one) => [one.name, one]))),
        down: () => setLive(new Map()),
      },
      abort.signal,
    )
    return () => abort.abort()
  }, [console])
  return live
}
