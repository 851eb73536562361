import type { ReactElement } from 'react'
import type { Attachment } from '../../../shared/playground.ts'
import { IconButton } from '../../ui/button.tsx'
import { bytes } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { sizeOf } from './read-attachment.ts'

export interface AttachmentListProps {
  attachments: readonly Attachment[]
  /** Absent: they were sent. */
  onRemove?: (index: number) => void
}

/** Pictures as thumbnails, files by name and size. */
export function AttachmentList({ attachments, onRemove }: AttachmentListProps): ReactElement | null {
  if (attachments.length === 0) return null
  return (
    <ul className="attachments" aria-label="Attachments">
      {attachments.map((one, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the list changes only by removal
        <li key={index} className="attachment">
          {one.type === 'image' ? (
            <img src={`data:${one.mime};base64,${one.data}`} alt={one.name} />
          ) : (
            <Icon name="file" size={20} />
          )}
          <span className="attachment-text">
            <span className="cut">{one.name}</span>
            <span className="t3 f11">
              {one.type === 'text' ? 'sent as text, ' : ''}
              {bytes(sizeOf(one))}
            </span>
          </span>
          {onRemove && (
            <IconButton icon="x" label={`Remove ${one.name}`} look="ghost" size="sm" onClick={() => onRemove(index)} />
          )}
        </li>
      ))}
    </ul>
  )
}
