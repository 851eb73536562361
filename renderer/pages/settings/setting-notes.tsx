import type { ReactElement } from 'react'
import type { Source } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { Icon } from '../../ui/icons.tsx'
import { sourceWords } from '../../ui/sources.ts'
import { isFixed } from './use-settings.ts'

/** Why a value was refused, and who has set it where it cannot be changed. */
export function SettingNotes({ failure, source }: { failure?: Failure | undefined; source?: Source }): ReactElement {
  return (
    <>
      {failure && (
        <span className="st err f12 wrap" role="alert">
          <Icon name="error" size={14} />
          {failure.message} {failure.fix}
        </span>
      )}
      {source !== undefined && isFixed(source) && (
        <span className="src">set {sourceWords(source)}, so it cannot be changed here</span>
      )}
    </>
  )
}
