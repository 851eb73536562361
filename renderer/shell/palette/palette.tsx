import { Dialog } from '@base-ui/react/dialog'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import type { ShellDialog } from '../shell-dialog.ts'
import { findCommands, type Found } from './command.ts'
import { useCommands } from './use-commands.ts'
import './palette.css'

export interface PaletteProps {
  onClose: () => void
  /** Opens another of the shell's dialogs in its place. */
  onDialog: (dialog: ShellDialog) => void
}

/** Everything that can be done, found by a few letters. */
export default function Palette({ onClose, onDialog }: PaletteProps): ReactElement {
  const commands = useCommands(onDialog)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const found = useMemo(() => findCommands(commands, typed), [commands, typed])
  const current = Math.min(at, found.length - 1)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- whenever another row is the current one
  }, [current, found])

  const run = ({ command }: Found): void => {
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = found.length - 1
    const next = {
      ArrowDown: current >= last ? 0 : current + 1,
      ArrowUp: current <= 0 ? last : current - 1,
      Home: 0,
      End: last,
    }[event.key]
    if (next !== undefined && last >= 0) {
      event.preventDefault()
      setAt(next)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      const chosen = found[current]
      if (chosen) run(chosen)
    }
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="palette" aria-label="Command palette" initialFocus={input}>
          <div className="palette-in">
            <Icon name="search" />
            <input
              ref={input}
              role="combobox"
              aria-label="Find a command"
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={current >= 0 ? `palette-${current}` : undefined}
              aria-autocomplete="list"
              autoComplete="off"
              spellCheck={false}
              placeholder="A page, an action, a model, an exchange"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value)
                setAt(0)
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <div className="palette-list" id="palette-list" role="listbox" aria-label="Commands" ref={list}>
            {groupsOf(found).map(({ name, rows }) => (
              <div key={name} role="group" aria-label={name}>
                <div className="menu-h" aria-hidden="true">
                  {name}
                </div>
                {rows.map(({ found: one, index }) => (
                  // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the input has the focus and its keys
                  <div
                    key={one.command.id}
                    id={`palette-${index}`}
                    className="menu-i"
                    role="option"
                    aria-selected={index === current}
                    onClick={() => run(one)}
                    onPointerMove={() => index !== current && setAt(index)}
                  >
                    <Icon name={one.command.icon} />
                    <span className="cut">
                      <Marked text={one.command.title} hits={one.hits} />
                    </span>
                    <span className="palette-end">
                      {one.command.note !== undefined && <span className="cut">{one.command.note}</span>}
                      {one.command.keys !== undefined && <kbd className="kbd">{one.command.keys}</kbd>}
                    </span>
                  </div>
                ))}
              </div>
            ))}
          </div>
          {found.length === 0 && <p className="palette-none">Nothing is called that.</p>}
          <div className="palette-foot">
            <span>
              <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> move
            </span>
            <span>
              <kbd className="kbd">↵</kbd> run
            </span>
            <span className="grow" />
            <span>
              <kbd className="kbd">Esc</kbd> close
            </span>
          </div>
          <span className="sr" role="status">
            {found.length === 0 ? 'Nothing found' : `${found.length} commands`}
          </span>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface Group {
  name: string
  rows: { found: Found; index: number }[]
}

function groupsOf(found: readonly Found[]): Group[] {
  const groups: Group[] = []
  found.forEach((one, index) => {
    const last = groups.at(-1)
    if (last?.name === one.command.group) last.rows.push({ found: one, index })
    else groups.push({ name: one.command.group, rows: [{ found: one, index }] })
  })
  return groups
}

/** The text with the letters that were typed. */
function Marked({ text, hits }: { text: string; hits: readonly number[] }): ReactElement {
  const marked = new Set(hits)
  const parts: { text: string; hit: boolean }[] = []
  for (let at = 0; at < text.length; at++) {
    const last = parts.at(-1)
    if (last?.hit === marked.has(at)) last.text += text[at]
    else parts.push({ text: text[at] ?? '', hit: marked.has(at) })
  }
  return (
    <>
      {parts.map((part, index) =>
        // oxlint-disable-next-line react/no-array-index-key -- parts of one fixed text
        part.hit ? <b key={index}>{part.text}</b> : <span key={index}>{part.text}</span>,
      )}
    </>
  )
}
