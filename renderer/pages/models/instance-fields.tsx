import { useEffect, useState, type ReactElement } from 'react'
import { Entra, ProviderType } from '../../../shared/config.ts'
import type { InstanceView } from '../../../shared/instance-view.ts'
import { failureOf, type Console } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Icon } from '../../ui/icons.tsx'
import { SecretInput } from '../../ui/secret-input.tsx'
import { Select } from '../../ui/select.tsx'
import { isOwn, withPasted, type DeploymentRow, type DraftErrors, type InstanceDraft } from './instance-draft.ts'
import { PlayingFields } from './playing-fields.tsx'
import './forms.css'

type Change = (update: (before: InstanceDraft) => InstanceDraft) => void

export interface InstanceFieldsProps {
  draft: InstanceDraft
  errors: DraftErrors
  /** State of the key that is stored; undefined for a new instance. */
  stored: InstanceView['key']['state'] | undefined
  /** Changes come one after the other; each starts from what the one before left. */
  onChange: Change
  /** First run: only what is needed. */
  short?: boolean
}

const TYPE_NAMES: Record<ProviderType, string> = {
  azure: 'Azure OpenAI or AI Foundry',
  'azure-gateway': 'Gateway in Azure’s style',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  generic: 'OpenAI-compatible',
  simulator: 'Simulator',
  recording: 'Recording, played again',
}

const ADDRESS_HINTS = {
  resource: 'Whatever the portal shows: a resource name, a host, or the full target URI',
  recording: 'Path of a file that was exported as a bundle, or that lazuli record wrote',
}

const CREDENTIAL_NAMES: Record<Entra['credential'], string> = {
  default: 'Whoever is found first',
  cli: 'Azure CLI (az login)',
  managed_identity: 'This machine’s managed identity',
  workload: 'Workload identity',
  interactive: 'You, in a browser (desktop only)',
  secret: 'An app registration',
}

/** The fields of an instance: first what everyone needs, the rest behind a button. */
export function InstanceFields({ draft, errors, stored, onChange, short = false }: InstanceFieldsProps): ReactElement {
  const { console } = useServices()
  const [advanced, setAdvanced] = useState(false)
  const set = (change: Partial<InstanceDraft>): void => onChange((before) => ({ ...before, ...change }))
  const understood = useUnderstood(draft, onChange)
  const showAdvanced =
    advanced ||
    errors.apiVersion !== undefined ||
    errors.priority !== undefined ||
    errors.deployments !== undefined ||
    errors.slices !== undefined
  return (
    <>
      {!short && (
        <div className="field">
          <span className="label">Type</span>
          <Select
            label="Type"
            value={draft.type}
            options={ProviderType.options.map((type) => ({ value: type, label: TYPE_NAMES[type] }))}
            onChange={(type) => set({ type })}
          />
        </div>
      )}
      {draft.type !== 'simulator' && (
        <div className="field">
          <Field
            label={draft.type === 'recording' ? 'Bundle' : 'Address'}
            error={errors.address}
            hint={short ? undefined : ADDRESS_HINTS[draft.type === 'recording' ? 'recording' : 'resource']}
          >
            {(ids) => (
              <input
                {...ids}
                className="input lg mono"
                value={draft.address}
                spellCheck={false}
                autoComplete="off"
                onPaste={(event) => {
                  const text = event.clipboardData.getData('text/plain')
                  if (draft.type === 'recording' || !/[\s={]/.test(text.trim())) return
                  // More than an address: a key in it must not come to stand in this field.
                  event.preventDefault()
                  void console.instances
                    .read({ text })
                    .then((read) => onChange((before) => withPasted(before, read)))
                    .catch(() => set({ address: '' }))
                }}
                onChange={(event) => set({ address: event.target.value })}
              />
            )}
          </Field>
          {understood.length > 0 && (
            <dl className="und" aria-label="What was understood">
              {understood.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="mono">{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </div>
      )}
      <Field label="Name" error={errors.name} hint={short ? undefined : 'Rules, figures and answers show it'}>
        {(ids) => (
          <input
            {...ids}
            className="input"
            value={draft.name}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => set({ name: event.target.value, nameTouched: true })}
          />
        )}
      </Field>
      {draft.type === 'recording' && !short && <PlayingFields draft={draft} set={set} />}
      {!isOwn(draft) && <KeyFields draft={draft} errors={errors} stored={stored} set={set} />}
      {!short && (
        <Button
          look="ghost"
          className="disclose"
          aria-expanded={showAdvanced}
          icon={showAdvanced ? 'chev-d' : 'chev-r'}
          onClick={() => setAdvanced(!showAdvanced)}
        >
          Advanced
        </Button>
      )}
      {!short && showAdvanced && <AdvancedFields draft={draft} errors={errors} set={set} />}
    </>
  )
}

type Set = (change: Partial<InstanceDraft>) => void

function KeyFields({
  draft,
  errors,
  stored,
  set,
}: {
  draft: InstanceDraft
  errors: DraftErrors
  stored: string | undefined
  set: Set
}): ReactElement {
  const kept = stored === 'keychain' || stored === 'unreadable'
  return (
    <>
      <div className="field">
        <span className="label" id="auth-label">
          Sign-in
        </span>
        <div className="seg-ctl" role="radiogroup" aria-labelledby="auth-label">
          <button type="button" role="radio" aria-checked={draft.auth === 'key'} onClick={() => set({ auth: 'key' })}>
            Stored key
          </button>
          <button
            type="button"
            role="radio"
            aria-checked={draft.auth === 'entra'}
            onClick={() => set({ auth: 'entra', key: '' })}
          >
            Sign in with Entra
          </button>
          <button
            type="button"
            role="radio"
            aria-checked={draft.auth === 'passthrough'}
            onClick={() => set({ auth: 'passthrough', key: '' })}
          >
            Callers bring their own key
          </button>
        </div>
        {draft.auth === 'entra' && (
          <span className="hint">
            The identity needs the role “Cognitive Services OpenAI User”, for Claude “Cognitive Services User”.
          </span>
        )}
        {draft.auth === 'passthrough' && (
          <span className="hint">The key that a caller sends goes on to the resource as it is. Nothing is stored.</span>
        )}
      </div>
      {draft.auth === 'entra' && (
        <div className="field">
          <span className="label">Who signs in</span>
          <Select
            label="Who signs in"
            value={draft.credential}
            options={Entra.shape.credential
              .unwrap()
              .options.filter((each) => each !== 'secret' || draft.credential === 'secret')
              .map((each) => ({ value: each, label: CREDENTIAL_NAMES[each] }))}
            onChange={(credential) => set({ credential })}
          />
        </div>
      )}
      {draft.auth === 'key' && (
        <Field
          label="Key"
          error={errors.key}
          hint={
            kept
              ? 'A key is in the keychain. Leave this empty to keep it.'
              : 'It goes into the keychain of the operating system; the settings file holds only a reference.'
          }
        >
          {(ids) => <SecretInput {...ids} value={draft.key} onChange={(event) => set({ key: event.target.value })} />}
        </Field>
      )}
    </>
  )
}

function AdvancedFields({ draft, errors, set }: { draft: InstanceDraft; errors: DraftErrors; set: Set }): ReactElement {
  const setRow = (at: number, change: Partial<DeploymentRow>): void =>
    set({ deployments: draft.deployments.map((row, index) => (index === at ? { ...row, ...change } : row)) })
  return (
    <>
      <div className="field-pair">
        {draft.type === 'azure' && (
          <Field label="API version" error={errors.apiVersion} hint="v1, preview or a date">
            {(ids) => (
              <input
                {...ids}
                className="input mono"
                value={draft.apiVersion}
                onChange={(event) => set({ apiVersion: event.target.value })}
              />
            )}
          </Field>
        )}
        {draft.type === 'azure-gateway' && (
          <Field label="API version" error={errors.apiVersion} hint="Whatever the gateway expects">
            {(ids) => (
              <input
                {...ids}
                className="input mono"
                placeholder="fake"
                value={draft.apiVersion === 'v1' ? '' : draft.apiVersion}
                onChange={(event) => set({ apiVersion: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field label="Priority" error={errors.priority} hint="Lower is asked first">
          {(ids) => (
            <input
              {...ids}
              className="input"
              inputMode="numeric"
              value={draft.priority}
              onChange={(event) => set({ priority: event.target.value })}
            />
          )}
        </Field>
      </div>
      {draft.type === 'azure-gateway' && (
        <Field
          label="Slices"
          error={errors.slices}
          hint="Answers of models that it does not stream (all but gpt-* and o3) are cut into so many pieces"
        >
          {(ids) => (
            <input
              {...ids}
              className="input"
              inputMode="numeric"
              placeholder="2"
              value={draft.slices}
              onChange={(event) => set({ slices: event.target.value })}
            />
          )}
        </Field>
      )}
      <Field label="Supported models" error={errors.supportedModels} hint="Names parted by commas; empty: any name">
        {(ids) => (
          <textarea
            {...ids}
            className="input mono models"
            value={draft.supportedModels}
            onChange={(event) => set({ supportedModels: event.target.value })}
          />
        )}
      </Field>
      <div className="field">
        <span className="label">Model → deployment</span>
        {draft.deployments.map((row, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- rows have no other identity while they are written
          <div className="dep-row" key={index}>
            <input
              className="input mono"
              aria-label={`Model ${index + 1}`}
              placeholder="model name"
              value={row.model}
              onChange={(event) => setRow(index, { model: event.target.value })}
            />
            <Icon name="arrow-r" size={14} className="t3" />
            <input
              className="input mono"
              aria-label={`Deployment ${index + 1}`}
              placeholder="deployment"
              value={row.deployment}
              onChange={(event) => setRow(index, { deployment: event.target.value })}
            />
            <IconButton
              icon="x"
              label={`Remove row ${index + 1}`}
              look="ghost"
              onClick={() => set({ deployments: draft.deployments.filter((_, at) => at !== index) })}
            />
          </div>
        ))}
        <div>
          <Button
            size="sm"
            icon="plus"
            onClick={() => set({ deployments: [...draft.deployments, { model: '', deployment: '' }] })}
          >
            Add deployment
          </Button>
        </div>
        {errors.deployments !== undefined && (
          <span className="st err f12" role="alert">
            <Icon name="error" size={14} />
            {errors.deployments}
          </span>
        )}
        <span className="hint">For names that differ from the deployment’s; rules in the mapping come first.</span>
      </div>
    </>
  )
}

type Understood = Awaited<ReturnType<Console['instances']['understand']>>
const TYPING_PAUSE_MS = 150

/** Asks while the address is typed, and takes over the name that it suggests until the user writes one. */
function useUnderstood(draft: InstanceDraft, onChange: Change): [string, string][] {
  const { console } = useServices()
  const [answer, setAnswer] = useState<{ address: string; lines: [string, string][] }>()
  const address = draft.type === 'azure' ? draft.address.trim() : ''
  useEffect(() => {
    if (address === '') return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      console.instances.understand({ address }, { signal: abort.signal }).then(
        (understood) => {
          setAnswer({ address, lines: linesOf(understood) })
          return onChange((before) =>
            before.nameTouched || understood.nameHint === '' ? before : { ...before, name: understood.nameHint },
          )
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setAnswer({ address, lines: [['Not understood', failureOf(error).message]] })
        },
      )
    }, TYPING_PAUSE_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [console, address, onChange])
  return answer && answer.address === address ? answer.lines : []
}

function linesOf({ understood, apiBase, apiVersion, deployment }: Understood): [string, string][] {
  return [
    ['Understood as', understood],
    ['Address', apiBase],
    ...(apiVersion === undefined ? [] : ([['API version', apiVersion]] as [string, string][])),
    ...(deployment === undefined ? [] : ([['Deployment', deployment]] as [string, string][])),
  ]
}
