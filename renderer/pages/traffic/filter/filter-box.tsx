import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type RefObject } from 'react'
import type { Suggestion } from '../../../../shared/filter/suggest.ts'
import { IconButton } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { SavedFilters } from './saved-filters.tsx'
import { useSuggestions } from './use-suggestions.ts'

export interface FilterBoxProps {
  text: string
  onText: (text: string) => void
  /** It was not understood. */
  invalid: boolean
  /** Id of the sentence that says what it matches, or what is wrong. */
  describedBy: string
}

/** One box for the whole grammar, with what could be typed next. */
export function FilterBox({ text, onText, invalid, describedBy }: FilterBoxProps): ReactElement {
  const input = useRef<HTMLInputElement>(null)
  const list = useId()
  const [caret, setCaret] = useState(0)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const items = useSuggestions(text, caret, open)
  const shown = open && items.length > 0
  useFindKey(input)

  const pick = (item: Suggestion): void => {
    const more = item.text.endsWith(':') || item.text.endsWith(' ')
    const inserted = more ? item.text : `${item.text} `
    const rest = text.slice(item.to).replace(/^ /, '')
    const next = text.slice(0, item.from) + inserted + rest
    const at = item.from + inserted.length
    onText(next)
    setCaret(at)
    setActive(-1)
    setOpen(true)
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at))
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        event.preventDefault()
        if (!shown) setOpen(true)
        const by = event.key === 'ArrowDown' ? 1 : -1
        setActive((before) => wrapped(before + by, items.length))
        return
      }
      case 'Enter': {
        const item = items[active]
        if (shown && item) pick(item)
        else setOpen(false)
        return
      }
      case 'Tab': {
        const item = items[active]
        if (!shown || !item) return
        event.preventDefault()
        pick(item)
        return
      }
      case 'Escape':
        event.preventDefault()
        if (shown) setOpen(false)
        else if (text === '') input.current?.blur()
        else onText('')
    }
  }

  return (
    <div className="inputbox filter" role="search">
      <Icon name="filter" />
      <input
        ref={input}
        role="combobox"
        aria-label="Filter"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `${list}-${active}` : undefined}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        autoComplete="off"
        spellCheck={false}
        placeholder="Filter, or type words to search bodies"
        value={text}
        onChange={(event) => {
          onText(event.target.value)
          setCaret(event.target.selectionStart ?? event.target.value.length)
          setActive(-1)
          setOpen(true)
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text !== '' && (
        <IconButton icon="x" label="Clear filter" keys="Esc" look="ghost" size="sm" onClick={() => onText('')} />
      )}
      <SavedFilters text={text} invalid={invalid} onPick={onText} />
      <kbd className="kbd hide-s">{/Mac/.test(navigator.userAgent) ? '⌘F' : 'Ctrl F'}</kbd>
      <ul className="menu menu-list filter-list" id={list} role="listbox" aria-label="Suggestions" hidden={!shown}>
        {items.map((item, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the input has the keys
          <li
            key={`${item.text} ${item.help}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            className="menu-i"
            // Keeps the focus in the input.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(item)}
          >
            <span className="mono">{item.text}</span>
            <span className="menu-note">{item.help}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function wrapped(index: number, length: number): number {
  if (length === 0) return -1
  return index < 0 ? length - 1 : index % length
}

/** Ctrl/⌘F goes to the filter, unless a text that has a search of its own took the key. */
function useFindKey(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      if (event.defaultPrevented) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [input])
}
