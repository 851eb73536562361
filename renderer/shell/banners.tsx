import type { ReactElement } from 'react'
import { useLive } from '../services.tsx'
import { Banner } from '../ui/banner.tsx'

/** What concerns the whole service stands above the page, whatever page it is. */
export function Banners(): ReactElement | null {
  const connection = useLive((state) => state.connection)
  const failure = useLive((state) => state.failure)
  const problem = useLive((state) => state.status?.problem)
  if (connection === 'lost') {
    return <Banner kind="err" title={failure?.message ?? 'Lazuli does not answer.'} text={failure?.fix} />
  }
  return problem ? <Banner kind="warn" title={problem.message} text={problem.fix} /> : null
}
