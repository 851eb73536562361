import { useState, type ReactElement } from 'react'
import type { InstanceView, TestResult } from '../../../shared/instance-view.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { InstanceDraftInput } from '../../../shared/mapping.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DeploymentPicker } from './deployment-picker.tsx'
import { draftOf, emptyDraft, instanceOf, isOwn, withPasted, type DraftErrors } from './instance-draft.ts'
import { InstanceFields } from './instance-fields.tsx'
import { PasteField } from './paste-field.tsx'
import { TestReport } from './test-report.tsx'

export interface InstanceDialogProps {
  /** Absent: a new one. */
  view: InstanceView | undefined
  /** Names that exist already. */
  taken: readonly string[]
  /** What stands in a new one's address. */
  address?: string | undefined
  onClose: () => void
  onSaved: (views: InstanceView[], name: string) => void
}

/** Adds an upstream or changes one: paste, correct, test, pick the deployments, save. */
export function InstanceDialog({ view, taken, address, onClose, onSaved }: InstanceDialogProps): ReactElement {
  const { console } = useServices()
  const [draft, setDraft] = useState(() =>
    view ? draftOf(view.instance) : { ...emptyDraft(), address: address ?? '' },
  )
  const [errors, setErrors] = useState<DraftErrors>({})
  const [failure, setFailure] = useState<Failure>()
  const [saving, setSaving] = useState(false)
  const [test, setTest] = useState<TestResult | 'running'>()

  /** What is written, as the console takes it; where it is not whole, its errors come to stand at their fields. */
  const checked = (): InstanceDraftInput | undefined => {
    const previousName = view?.instance.name
    const others = taken.filter((name) => name !== previousName)
    const result = instanceOf(draft, others, view?.instance)
    setErrors(result.ok ? {} : result.errors)
    if (!result.ok) return undefined
    return {
      instance: result.instance,
      ...(previousName === undefined ? {} : { previousName }),
      ...(result.apiKey === undefined ? {} : { apiKey: result.apiKey }),
    }
  }
  const save = (): void => {
    const input = checked()
    if (input === undefined) return
    setFailure(undefined)
    setSaving(true)
    console.instances.save(input).then(
      (views) => onSaved(views, input.instance.name),
      (error: unknown) => {
        setFailure(failureOf(error))
        setSaving(false)
      },
    )
  }
  const tryIt = async (): Promise<void> => {
    const input = checked()
    if (input === undefined) return
    setTest('running')
    setTest(await console.instances.testDraft(input).catch((error: unknown) => untested(failureOf(error))))
  }

  return (
    <Dialog open title={view ? `Edit ${view.instance.name}` : 'Add instance'} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <div className="dialog-body">
          {failure && <Banner kind="err" title={failure.message} text={failure.fix} inset />}
          {view === undefined && <PasteField onRead={(read) => setDraft((before) => withPasted(before, read))} />}
          <InstanceFields draft={draft} errors={errors} stored={view?.key.state} onChange={setDraft} />
          {typeof test === 'object' && <TestReport result={test} />}
          {!isOwn(draft) && <DeploymentPicker draft={draft} onChange={setDraft} checked={checked} />}
        </div>
        <footer>
          <Button icon="gauge" disabled={test === 'running'} onClick={() => void tryIt()}>
            {test === 'running' ? 'Testing…' : 'Test connection'}
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={saving}>
            {saving ? 'Saving…' : view ? 'Save' : 'Add and test'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

/** A test that could not even be asked for. */
export function untested({ message, fix }: Failure): TestResult {
  return { ok: false, request: '', ms: 0, message, ...(fix === undefined ? {} : { fix }) }
}
