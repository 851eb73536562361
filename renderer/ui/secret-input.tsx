import { useState, type InputHTMLAttributes, type ReactElement } from 'react'
import { IconButton } from './button.tsx'
import { Icon } from './icons.tsx'

/** An input for a key: hidden while it is typed, shown on demand, never filled in or kept by the browser. */
export function SecretInput(props: InputHTMLAttributes<HTMLInputElement>): ReactElement {
  const [shown, setShown] = useState(false)
  return (
    <div className="inputbox">
      <Icon name="key" size={14} />
      <input className="mono" type={shown ? 'text' : 'password'} autoComplete="off" spellCheck={false} {...props} />
      <IconButton
        icon="eye"
        label={shown ? 'Hide key' : 'Show key'}
        look="ghost"
        size="sm"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      />
    </div>
  )
}
