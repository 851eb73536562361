import { useMemo, useRef, useState, type ReactElement } from 'react'
import type { ExchangeDetail } from '../../../../shared/exchange.ts'
import type { ServedDeployment } from '../../../../shared/model-facts.ts'
import { redactedPaths, type ResendRequest } from '../../../../shared/resend.ts'
import { failureOf } from '../../../console.ts'
import { useServices } from '../../../services.tsx'
import { Banner } from '../../../ui/banner.tsx'
import { Button } from '../../../ui/button.tsx'
import { Combobox } from '../../../ui/combobox.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { dialectName } from '../../../ui/dialects.ts'
import { JsonWriter } from '../../../ui/editor/json-writer.tsx'
import type { MountedWriter } from '../../../ui/editor/mount-writer.ts'
import { Field } from '../../../ui/field.tsx'
import { useNotice } from '../../../ui/notice.tsx'
import { prettyJson } from '../../../ui/pretty-json.ts'
import { Select } from '../../../ui/select.tsx'
import { useAnswer } from '../../../ui/use-answer.ts'
import { parseObject } from '../read-json.ts'
import { jsonProblem } from './json-problem.ts'
import { showResent } from './use-actions.ts'

/** The recorded request, to change it and send it again. */
export function EditDialog({ id, onClose }: { id: string; onClose: () => void }): ReactElement {
  const { console } = useServices()
  const detail = useAnswer(() => console.traffic.get({ id }), [console, id])
  return (
    <Dialog open large title="Edit and resend" onClose={onClose}>
      {detail.failure && (
        <div className="dialog-body">
          <Banner kind="err" inset title={detail.failure.message} text={detail.failure.fix} />
        </div>
      )}
      {detail.value && <EditForm detail={detail.value} onClose={onClose} />}
    </Dialog>
  )
}

const BY_MAPPING = ''

function EditForm({ detail, onClose }: { detail: ExchangeDetail; onClose: () => void }): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  const { summary, requestBody } = detail
  const recorded = useMemo(() => prettyJson(requestBody.text)?.text ?? requestBody.text, [requestBody])
  const hidden = useMemo(() => redactedPaths(parseObject(requestBody.text)), [requestBody])
  const read = useRef(() => recorded)
  const editor = useRef<MountedWriter>(undefined)
  const [problem, setProblem] = useState(() => jsonProblem(recorded))
  const [changed, setChanged] = useState(false)
  const [model, setModel] = useState(summary.askedModel ?? '')
  const [target, setTarget] = useState(BY_MAPPING)
  const [failure, setFailure] = useState<{ message: string; fix?: string | undefined }>()
  const [sending, setSending] = useState(false)
  const choices = useAnswer(() => console.models.choices(), [console])
  const served = useAnswer(() => console.models.deployments(), [console])

  const send = (): void => {
    const wrong = jsonProblem(read.current())
    setProblem(wrong)
    if (wrong !== undefined) return editor.current?.goTo(wrong.at ?? 0)
    setSending(true)
    const deployment = served.value?.find((one) => placeOf(one) === target)
    const request: ResendRequest = {
      id: summary.id,
      ...(changed ? { body: read.current() } : {}),
      ...(model === summary.askedModel || model === '' ? {} : { model }),
      ...(deployment === undefined
        ? {}
        : { target: { instance: deployment.instance, deployment: deployment.deployment } }),
    }
    console.traffic.resend(request).then(
      (resent) => {
        onClose()
        showResent(resent, notify)
        return undefined
      },
      (error: unknown) => {
        setFailure(failureOf(error))
        setSending(false)
      },
    )
  }

  return (
    <>
      <div className="dialog-body act-edit">
        {failure && <Banner kind="err" inset title={failure.message} text={failure.fix} />}
        {requestBody.truncated && (
          <Banner
            kind="warn"
            inset
            title="Its body is not recorded whole."
            text="What is missing must be written before it can be sent."
          />
        )}
        {hidden.length > 0 && (
          <Banner
            kind="warn"
            inset
            title="Secrets are not recorded."
            text={`Asterisks stand in their place at ${hidden.join(', ')}.`}
          />
        )}
        <div className="act-where">
          <Field label="Model" hint="Takes the place of the body’s own.">
            {() => (
              <Combobox
                label="Model"
                value={model}
                options={(choices.value ?? []).map(({ name, instance }) => ({ value: name, note: instance }))}
                placeholder="as the body says"
                onChange={setModel}
              />
            )}
          </Field>
          <Field label="Goes to" hint={`Asked in ${dialectName(summary.clientDialect ?? 'chat')}, as it was.`}>
            {() => (
              <Select
                label="Goes to"
                value={target}
                options={[
                  { value: BY_MAPPING, label: 'Where the mapping leads' },
                  ...(served.value ?? []).map((one) => ({ value: placeOf(one), label: placeOf(one) })),
                ]}
                onChange={setTarget}
              />
            )}
          </Field>
        </div>
        <div className="act-body">
          <JsonWriter
            label="Request body"
            text={recorded}
            onMounted={(mounted) => {
              editor.current = mounted
            }}
            onChange={(get) => {
              read.current = get
              setChanged(true)
              setProblem(jsonProblem(get()))
            }}
          />
        </div>
        <p className={problem === undefined ? 'f12 t3' : 'f12 err'} role="status">
          {problem?.message ?? `POST ${summary.path}${changed ? ' · changed' : ''}`}
        </p>
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" icon="send" disabled={sending || problem !== undefined} onClick={send}>
          {sending ? 'Sending…' : 'Send'}
        </Button>
      </footer>
    </>
  )
}

const placeOf = ({ instance, deployment }: ServedDeployment): string => `${instance} / ${deployment}`
