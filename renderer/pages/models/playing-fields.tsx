import type { ReactElement } from 'react'
import { MATCHES, speedsWith } from '../../playing-options.ts'
import { Select } from '../../ui/select.tsx'
import type { InstanceDraft } from './instance-draft.ts'

export interface PlayingFieldsProps {
  draft: Pick<InstanceDraft, 'match' | 'speed'>
  set: (change: Partial<InstanceDraft>) => void
}

/** Of a recording: when a request is a recorded one, and how fast it is played. */
export function PlayingFields({ draft, set }: PlayingFieldsProps): ReactElement {
  return (
    <div className="field-pair">
      <div className="field">
        <span className="label">A request is a recorded one when</span>
        <Select
          label="A request is a recorded one when"
          value={draft.match}
          options={MATCHES}
          onChange={(match) => set({ match })}
        />
      </div>
      <div className="field">
        <span className="label">Speed</span>
        <Select
          label="Speed"
          value={draft.speed}
          options={speedsWith(draft.speed)}
          onChange={(speed) => set({ speed })}
        />
      </div>
    </div>
  )
}
