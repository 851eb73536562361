import { useState, type ReactElement } from 'react'
import type { Attempt } from '../../../../shared/exchange.ts'
import { Select } from '../../../ui/select.tsx'

export interface PickedAttempt {
  attempt: Attempt | undefined
  /** Only of the last one is the answer kept. */
  last: boolean
  picker: ReactElement | null
}

/** One of the attempts; the last until another is picked. */
export function useAttempt(attempts: readonly Attempt[]): PickedAttempt {
  const [picked, setPicked] = useState<number>()
  const index = picked ?? attempts.length - 1
  const picker =
    attempts.length < 2 ? null : (
      <div className="attempt-pick">
        <Select
          label="Attempt"
          value={String(index)}
          options={attempts.map((attempt, at) => ({ value: String(at), label: `${at + 1}: ${attempt.instance}` }))}
          onChange={(value) => setPicked(Number(value))}
        />
      </div>
    )
  return { attempt: attempts[index], last: index === attempts.length - 1, picker }
}
