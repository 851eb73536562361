import type { ReactElement } from 'react'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
import { useNotice } from '../../ui/notice.tsx'
import { useAnswer } from '../../ui/use-answer.ts'

/** Instances and mapping as YAML for `lazuli serve --config`. */
export function ExportDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const { value, failure } = useAnswer(() => console.rules.export(), [console])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value?.yaml ?? '')
      notify('Copied.')
    } catch {
      notify('The clipboard cannot be written; select the text and copy it.')
    }
  }
  const download = (): void => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([value?.yaml ?? ''], { type: 'application/yaml' }))
    link.download = 'lazuli.yaml'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  }
  return (
    <Dialog open title="Export as YAML" onClose={onClose}>
      <div className="dialog-body">
        {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
        {value && (
          <>
            <p className="hint">
              For <span className="mono">lazuli serve --config lazuli.yaml</span>.{' '}
              {value.variables.length > 0 &&
                `Keys are not in it: set ${plural(value.variables.length, 'variable')} first.`}
            </p>
            <textarea className="input mono import-text" aria-label="YAML" rows={14} readOnly value={value.yaml} />
          </>
        )}
      </div>
      <footer>
        <Button onClick={onClose}>Close</Button>
        <Button icon="file" disabled={!value} onClick={download}>
          Save as file
        </Button>
        <Button icon="copy" look="primary" disabled={!value} onClick={() => void copy()}>
          Copy
        </Button>
      </footer>
    </Dialog>
  )
}
