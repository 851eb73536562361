import { useEffect, useState, type ReactElement } from 'react'
import type { AnswerTurn } from '../../../shared/playground.ts'
import { Button } from '../../ui/button.tsx'
import { useChatStore } from './use-chat.ts'

/** Asks again for an answer that failed; says how long the upstream wants to be left alone, counting down. */
export function TryAgain({ turn, lane }: { turn: AnswerTurn; lane: string }): ReactElement {
  const chat = useChatStore()
  const [readyAt] = useState(() => performance.now() + (turn.retryAfterMs ?? 0))
  const [leftS, setLeftS] = useState(() => Math.ceil((turn.retryAfterMs ?? 0) / 1000))
  useEffect(() => {
    if (leftS <= 0) return
    const timer = setInterval(() => setLeftS(Math.max(0, Math.ceil((readyAt - performance.now()) / 1000))), 250)
    return () => clearInterval(timer)
  }, [readyAt, leftS])
  return (
    <>
      <Button size="sm" icon="replay" onClick={() => chat.getState().regenerate(lane, turn)}>
        Try again
      </Button>
      {leftS > 0 && <span className="f12 t2 num">The upstream opens again in {leftS} s</span>}
    </>
  )
}
