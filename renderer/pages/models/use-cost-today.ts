import { useEffect } from 'react'
import type { Sums } from '../../../shared/spending.ts'
import { useServices } from '../../services.tsx'
import { useAnswer } from '../../ui/use-answer.ts'

const REFRESH_MS = 15_000

/** What each instance cost since midnight, by name; undefined until it is known. */
export function useCostToday(): ReadonlyMap<string, Sums> | undefined {
  const { console } = useServices()
  const { value, reload } = useAnswer(async () => {
    const today = localDay(new Date())
    const { rows } = await console.accounting.sums({ from: today, to: today, by: ['instance'] })
    return new Map(rows.map((row) => [row.instance ?? '', row.sums]))
  }, [console])
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS)
    return () => clearInterval(timer)
  }, [reload])
  return value
}

function localDay(date: Date): string {
  const part = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
}
