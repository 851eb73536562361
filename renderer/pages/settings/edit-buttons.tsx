import type { ReactElement } from 'react'
import { IconButton } from '../../ui/button.tsx'

interface EditButtonsProps {
  /** Which entry, e.g. `budget of ci`. */
  of: string
  /** It comes from outside of the settings file. */
  fixed: boolean
  onEdit: () => void
  onRemove: () => void
}

/** Edit and remove one entry of a list. */
export function EditButtons({ of, fixed, onEdit, onRemove }: EditButtonsProps): ReactElement {
  return (
    <>
      <IconButton icon="edit" label={`Edit ${of}`} look="ghost" size="sm" disabled={fixed} onClick={onEdit} />
      <IconButton icon="clear" label={`Remove ${of}`} look="ghost" size="sm" disabled={fixed} onClick={onRemove} />
    </>
  )
}
