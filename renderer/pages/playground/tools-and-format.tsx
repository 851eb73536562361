import { useState, type ReactElement } from 'react'
import type { FormatDefinition, ToolDefinition } from '../../../shared/playground.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { EMPTY_TOOL, SAMPLE_FORMAT, SAMPLE_TOOL } from './definitions.ts'
import { FormatDialog } from './format-dialog.tsx'
import { NotTaken } from './number-row.tsx'
import type { Taken } from './taken.ts'
import { ToolDialog } from './tool-dialog.tsx'
import { useChatStore, useSession } from './use-chat.ts'

/** The tool that is edited, and where it stands; -1: it is new. */
interface EditedTool {
  tool: ToolDefinition
  index: number
}

/** Functions that the model may call, and the form of its answer. */
export function ToolsAndFormat({ taken }: { taken: Taken }): ReactElement {
  const chat = useChatStore()
  const { tools, format } = useSession((session) => session.head.settings)
  const [edited, setEdited] = useState<EditedTool>()
  const [formatting, setFormatting] = useState<FormatDefinition>()
  const setTools = (next: ToolDefinition[]): void => chat.getState().setSettings({ tools: next })
  const save = (tool: ToolDefinition): void => {
    const index = edited?.index ?? -1
    setTools(index < 0 ? [...tools, tool] : tools.with(index, tool))
    setEdited(undefined)
  }
  return (
    <div className="p-sec">
      <h2>Tools and format</h2>
      {taken.tools.yes ? (
        <>
          {tools.map((tool, index) => (
            <div className="p-tool" key={tool.name}>
              <label className="row">
                <input
                  type="checkbox"
                  checked={tool.on}
                  onChange={(event) => setTools(tools.with(index, { ...tool, on: event.target.checked }))}
                />
                <span className="mono cut">{tool.name}</span>
              </label>
              <span className="f11 t3">{tool.automatic ? 'automatic' : 'by hand'}</span>
              <IconButton
                icon="edit"
                label={`Edit ${tool.name}`}
                look="ghost"
                size="sm"
                onClick={() => setEdited({ tool, index })}
              />
            </div>
          ))}
          <div className="row">
            <Button
              size="sm"
              icon="plus"
              onClick={() => setEdited({ tool: tools.length === 0 ? SAMPLE_TOOL : EMPTY_TOOL, index: -1 })}
            >
              Add tool
            </Button>
          </div>
        </>
      ) : (
        <NotTaken name="Tools" why={taken.tools.why} />
      )}
      {taken.schema.yes ? (
        <div className="p-tool">
          <label className="row">
            <input
              type="checkbox"
              checked={format?.on === true}
              onChange={(event) => {
                if (format) chat.getState().setSettings({ format: { ...format, on: event.target.checked } })
                else setFormatting(SAMPLE_FORMAT)
              }}
            />
            <Icon name="code" size={14} />
            JSON schema
          </label>
          <span className="f11 t3">{format?.on ? format.name : 'off'}</span>
          <IconButton
            icon="edit"
            label="Edit JSON schema"
            look="ghost"
            size="sm"
            onClick={() => setFormatting(format ?? SAMPLE_FORMAT)}
          />
        </div>
      ) : (
        <NotTaken name="JSON schema" why={taken.schema.why} />
      )}
      {edited && (
        <ToolDialog
          tool={edited.tool}
          isNew={edited.index < 0}
          others={tools.filter((_, index) => index !== edited.index).map((tool) => tool.name)}
          onSave={save}
          onRemove={() => {
            setTools(tools.toSpliced(edited.index, 1))
            setEdited(undefined)
          }}
          onClose={() => setEdited(undefined)}
        />
      )}
      {formatting && (
        <FormatDialog
          format={formatting}
          onSave={(next) => {
            chat.getState().setSettings({ format: next })
            setFormatting(undefined)
          }}
          onClose={() => setFormatting(undefined)}
        />
      )}
    </div>
  )
}
