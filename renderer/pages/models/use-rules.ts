import { useRef, useState } from 'react'
import type { Rule } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { RulesView } from '../../../shared/mapping.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import type { Answer } from '../../ui/use-answer.ts'
import { changed, historyOf, redone, undone, type RuleHistory, type StepEffect } from './rule-history.ts'

export interface RulesState {
  history: RuleHistory
  save: 'saved' | 'saving' | 'failed'
  failure: Failure | undefined
  /** Does something with the rules, as one step that can be taken back. `isDone`: the engine has it already. */
  change: (what: string, rules: readonly Rule[], done?: { effect: StepEffect }) => void
  undo: () => void
  redo: () => void
}

/** The mapping as it is edited. Each step is saved at once; one that cannot be saved is taken back and says why. */
export function useRules(answer: Answer<RulesView>): RulesState {
  const { console } = useServices()
  const known = answer.value?.rules
  const [history, setHistory] = useState<RuleHistory>(() => historyOf(known ?? []))
  const [save, setSave] = useState<RulesState['save']>('saved')
  const [failure, setFailure] = useState<Failure>()
  // What the engine has is the truth; the past of this page is kept as long as it agrees with it.
  const [seen, setSeen] = useState(known)
  if (known !== undefined && known !== seen) {
    setSeen(known)
    if (!isSame(history.rules, known)) setHistory(historyOf(known))
  }
  const latest = useRef(0)

  const commit = async (next: RuleHistory, before: RuleHistory, effect?: () => Promise<unknown>): Promise<void> => {
    latest.current += 1
    const mine = latest.current
    setHistory(next)
    setFailure(undefined)
    setSave('saving')
    try {
      await effect?.()
      const saved = await console.rules.save({ rules: [...next.rules] })
      if (mine !== latest.current) return
      // Saved texts are trimmed; the history goes on with what was stored.
      setHistory({ ...next, rules: saved.rules })
      setSave('saved')
      answer.set(saved)
    } catch (error) {
      if (mine !== latest.current) return
      setHistory(before)
      setSave('failed')
      setFailure(failureOf(error))
    }
  }

  return {
    history,
    save,
    failure,
    change: (what, rules, done) => {
      const next = changed(history, what, rules, done?.effect)
      if (done === undefined) void commit(next, history)
      else {
        setHistory(next)
        setSave('saved')
      }
    },
    undo: () => {
      if (history.past.length > 0) void commit(undone(history), history, history.past.at(-1)?.effect?.undo)
    },
    redo: () => {
      if (history.future.length > 0) void commit(redone(history), history, history.future.at(-1)?.effect?.redo)
    },
  }
}

function isSame(a: readonly Rule[], b: readonly Rule[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
