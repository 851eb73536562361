import type { ButtonHTMLAttributes, ReactElement, Ref } from 'react'
import { Icon, type IconName } from './icons.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** primary: the one thing to do on a page. ghost: quiet, in a toolbar or a row. */
  look?: 'normal' | 'primary' | 'ghost' | 'danger' | 'danger-solid'
  size?: 'sm' | 'md' | 'lg'
  icon?: IconName
  ref?: Ref<HTMLButtonElement>
}

/** A button with words, and an icon before them if one helps. */
export function Button({
  look = 'normal',
  size = 'md',
  icon,
  className = '',
  children,
  ...rest
}: ButtonProps): ReactElement {
  const looks = look === 'normal' ? '' : ` ${look}`
  const sizes = size === 'md' ? '' : ` ${size}`
  return (
    <button type="button" className={`btn${looks}${sizes} ${className}`.trimEnd()} {...rest}>
      {icon && <Icon name={icon} size={size === 'sm' ? 14 : 16} />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'aria-label'> {
  icon: IconName
  /** Accessible name, and the tooltip. */
  label: string
  /** Added to the tooltip, e.g. `Esc`. */
  keys?: string
}

/** A button that is only an icon; its name is told to screen readers and in the tooltip. */
export function IconButton({
  icon,
  label,
  keys,
  look = 'normal',
  size = 'md',
  className = '',
  ...rest
}: IconButtonProps): ReactElement {
  const looks = look === 'normal' ? '' : ` ${look}`
  return (
    <button
      type="button"
      className={`btn icon${looks}${size === 'sm' ? ' sm' : ''} ${className}`.trimEnd()}
      aria-label={label}
      title={keys ? `${label}  ${keys}` : label}
      {...rest}
    >
      <Icon name={icon} size={size === 'sm' ? 14 : 16} />
    </button>
  )
}
