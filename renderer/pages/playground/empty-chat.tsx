import { useRef, type ReactElement } from 'react'
import { useLive } from '../../services.tsx'
import { Curl } from '../../ui/curl.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { SAMPLE_FORMAT, SAMPLE_TOOL } from './definitions.ts'
import { useChat, useChatStore, useSession } from './use-chat.ts'

interface Idea {
  icon: IconName
  title: string
  text: string
  run: () => void
}

/** Before the first message: what this is, four things to try, and the same from a terminal. */
export function EmptyChat({ onFiles }: { onFiles: (files: readonly File[]) => void }): ReactElement {
  const chat = useChatStore()
  const info = useLive((state) => state.info)
  const lane = useSession((session) => session.head.lanes[0])
  const choices = useChat((state) => state.choices)
  const model = lane?.model ?? ''
  const choice = choices.find((one) => one.name === model)
  const other =
    choices.find((one) => one.name !== model && one.api !== choice?.api) ?? choices.find((one) => one.name !== model)
  const { getState } = chat
  const ideas: Idea[] = [
    ...(other === undefined
      ? []
      : [
          {
            icon: 'columns' as const,
            title: 'Compare two deployments',
            text: `${model} and ${other.name} on one question`,
            run: () => {
              getState().setColumns(2)
              const second = getState().session.head.lanes[1]
              if (second) getState().setLane(second.id, { model: other.name })
            },
          },
        ]),
    {
      icon: 'wrench',
      title: 'Watch a tool call',
      text: 'A ready-made get_weather tool, answered by hand',
      run: () => {
        const tools = getState().session.head.settings.tools.filter((tool) => tool.name !== SAMPLE_TOOL.name)
        getState().setSettings({ tools: [...tools, SAMPLE_TOOL] })
        getState().setDraft('Call the tool get_weather for Lisbon, then tell me what to wear.')
      },
    },
    {
      icon: 'code',
      title: 'Ask for JSON by schema',
      text: 'The answer is checked against it',
      run: () => {
        getState().setSettings({ format: SAMPLE_FORMAT })
        getState().setDraft('Sum up why a proxy must not retry after the first byte.')
      },
    },
  ]
  return (
    <div className="empty-chat">
      <div className="empty">
        <h2>{model === '' ? 'Choose a model' : `Talk to ${model}`}</h2>
        <p>
          The chat takes the same road as your tools: every answer is an exchange that you can open in Traffic.
          {choice?.simulated && ' The simulator answers here: nothing leaves this computer.'}
        </p>
      </div>
      {model !== '' && (
        <ul className="ideas">
          {ideas.map((idea) => (
            <IdeaRow key={idea.title} idea={idea} />
          ))}
          {choice?.takes.images !== false && <PictureIdea onFiles={onFiles} />}
        </ul>
      )}
      {info && model !== '' && (
        <Curl title="The same from a terminal" baseUrl={info.baseUrl} auth={info.auth} model={model} />
      )}
    </div>
  )
}

function IdeaRow({ idea }: { idea: Idea }): ReactElement {
  return (
    <li>
      <button type="button" onClick={idea.run}>
        <Icon name={idea.icon} />
        <span className="med">{idea.title}</span>
        <span className="t3 f12 cut">{idea.text}</span>
        <span className="grow" />
        <Icon name="arrow-r" />
      </button>
    </li>
  )
}

function PictureIdea({ onFiles }: { onFiles: (files: readonly File[]) => void }): ReactElement {
  const picker = useRef<HTMLInputElement>(null)
  const run = (): void => picker.current?.click()
  return (
    <>
      <IdeaRow idea={{ icon: 'attach', title: 'Read a picture', text: 'Drop an image anywhere in this pane', run }} />
      <li hidden>
        <input
          ref={picker}
          type="file"
          accept="image/*"
          aria-label="Picture to read"
          onChange={(event) => onFiles([...(event.target.files ?? [])])}
        />
      </li>
    </>
  )
}
