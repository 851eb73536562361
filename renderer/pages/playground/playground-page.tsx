import { useMemo, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { ModelChoice } from '../../../shared/contract.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Curl } from '../../ui/curl.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { Parameters } from './parameters.tsx'
import './playground.css'

/** A chat that takes the same road as every tool: each answer is an exchange. */
export default function PlaygroundPage(): ReactElement {
  const { console, chat } = useServices()
  const turns = useStore(chat, (state) => state.turns)
  const model = useStore(chat, (state) => state.settings.model)
  const { value: choices, failure } = useAnswer(async () => {
    const known = await console.models.choices()
    const first = known[0]
    if (chat.getState().settings.model === '' && first) chat.getState().set({ model: first.name })
    return known
  }, [console, chat])
  const choice = useMemo(() => choices?.find((known) => known.name === model), [choices, model])

  return (
    <>
      <header className="toolbar">
        <h1>Playground</h1>
        <span className="grow" />
        <Button icon="plus" disabled={turns.length === 0} onClick={() => chat.getState().newChat()}>
          New chat
        </Button>
      </header>
      <div className="pg">
        <section className="conv" aria-label="Chat">
          {failure && <Banner kind="err" title={failure.message} text={failure.fix} />}
          <Conversation
            turns={turns}
            onRegenerate={() => chat.getState().regenerate(servedBy(choice))}
            empty={<EmptyChat model={model} simulated={choice?.simulated ?? false} />}
          />
          <Composer servedBy={servedBy(choice)} />
        </section>
        <Parameters choices={choices ?? []} choice={choice} />
      </div>
    </>
  )
}

function servedBy(choice: ModelChoice | undefined): string {
  return choice ? `${choice.deployment} on ${choice.instance}` : ''
}

function EmptyChat({ model, simulated }: { model: string; simulated: boolean }): ReactElement {
  const info = useLive((state) => state.info)
  return (
    <div className="empty-chat">
      <div className="empty">
        <h2>{model === '' ? 'Choose a model' : `Talk to ${model}`}</h2>
        <p>
          The chat takes the same road as your tools: every answer is an exchange that you can open in Traffic.
          {simulated && ' The simulator answers here: nothing leaves this computer.'}
        </p>
      </div>
      {info && model !== '' && (
        <Curl title="The same from a terminal" baseUrl={info.baseUrl} auth={info.auth} model={model} />
      )}
    </div>
  )
}
