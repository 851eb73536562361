import { useState, type ReactElement } from 'react'
import type { ToolId, ToolList as Tools, ToolModels } from '../../../shared/tools.ts'
import { useLive, useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { CopyAddress } from './copy-address.tsx'
import { ToolDetail } from './tool-detail.tsx'
import { ToolList } from './tool-list.tsx'
import './tools.css'

/** The local tools: what is there, what connecting one changes, and whether it works. */
export default function ToolsPage({ selected }: { selected: string | undefined }): ReactElement {
  const { console } = useServices()
  const info = useLive((state) => state.info)
  const answer = useAnswer(() => console.tools.list(), [console])
  const [models, setModels] = useState<Partial<Record<ToolId, ToolModels>>>({})
  const tools = answer.value?.tools ?? []
  const tool = tools.find(({ id }) => id === selected) ?? tools[0]
  return (
    <>
      <header className="toolbar">
        <h1>Tools</h1>
        <span className="sub cut">{answer.value && summary(answer.value)}</span>
        <span className="grow" />
        <CopyAddress />
        <Button icon="replay" onClick={answer.reload} disabled={answer.loading}>
          Scan again
        </Button>
      </header>
      {answer.failure && <Banner kind="err" title={answer.failure.message} text={answer.failure.fix} />}
      {answer.value?.container === true && (
        <Banner
          kind="info"
          title="Lazuli runs in a container and cannot see the tools of the machine around it."
          text="Copy what a tool needs and set it there by hand; Watch tells when its request arrives."
        />
      )}
      {answer.value?.container === false && info?.host === 'headless' && (
        <Banner
          kind="info"
          title={`Files are those of ${answer.value.machine}, where Lazuli runs.`}
          text="On another machine, copy what the tool needs and set it there by hand."
        />
      )}
      {tool && (
        <div className="tp">
          <ToolList tools={tools} selected={tool.id} />
          <ToolDetail
            key={tool.id}
            tool={tool}
            models={models[tool.id] ?? {}}
            onModels={(next) => setModels({ ...models, [tool.id]: next })}
            onChanged={answer.reload}
          />
        </div>
      )}
    </>
  )
}

function summary({ tools }: Tools): string {
  const programs = tools.filter(({ kind }) => kind === 'program')
  const verified = tools.filter(({ verifiedAt }) => verifiedAt !== undefined)
  return `${programs.filter(({ found }) => found).length} of ${programs.length} found, ${verified.length} verified`
}
