import type { ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import { Banner } from '../../ui/banner.tsx'

/** What went wrong in a section, where its content would be. */
export function Failed({ failure }: { failure: Failure | undefined }): ReactElement | null {
  return failure === undefined ? null : <Banner kind="err" title={failure.message} text={failure.fix} inset />
}
