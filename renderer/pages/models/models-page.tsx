import { useState, type ReactElement } from 'react'
import type { Rule } from '../../../shared/config.ts'
import { useServices } from '../../services.tsx'
import { plural } from '../../ui/format.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { DeploymentsDialog } from './deployments-dialog.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { ImportDialog, type Imported } from './import-dialog.tsx'
import { Instances } from './instances.tsx'
import { Mapping } from './mapping.tsx'
import { Resolver } from './resolver.tsx'
import { useInstanceLive } from './use-instance-live.ts'
import { useRules } from './use-rules.ts'
import './models.css'

/** Where models are served from, under which names, and where a name leads. */
export default function ModelsPage(): ReactElement {
  const { console, live: window } = useServices()
  const instances = useAnswer(() => console.instances.list(), [console])
  const rules = useAnswer(() => console.rules.list(), [console])
  const deployments = useAnswer(() => console.models.deployments(), [console, instances.value, rules.value])
  const live = useInstanceLive()
  const state = useRules(rules)
  const [decidedBy, setDecidedBy] = useState<number>()
  const [draft, setDraft] = useState<Partial<Rule>>()
  const [dialog, setDialog] = useState<'import' | 'export' | { instance: string; deployment?: string }>()
  const places = {
    instances: instances.value?.map(({ instance: { name, enabled } }) => ({ name, enabled })) ?? [],
    deployments: deployments.value,
  }
  const source = rules.value?.source ?? 'settings'
  const editable = source === 'settings' || source === 'default'

  const imported = ({ rules: next, instances: views, added, again }: Imported): void => {
    setDialog(undefined)
    const effect = {
      undo: async () => {
        for (const name of added) instances.set(await console.instances.remove({ name }))
      },
      redo: async () => {
        await again()
        instances.reload()
      },
    }
    state.change('imported', next.rules, { effect })
    rules.set(next)
    instances.set(views)
    void window.refresh()
  }

  return (
    <>
      <header className="toolbar">
        <h1>Models</h1>
        <span className="sub cut">
          {instances.value &&
            rules.value &&
            [
              plural(instances.value.length, 'instance'),
              ...(deployments.value === undefined ? [] : [plural(deployments.value.length, 'deployment')]),
              plural(rules.value.rules.length, 'rule'),
            ].join(', ')}
        </span>
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="mp" tabIndex={0} role="group" aria-label="Instances, mapping and resolver">
        <Instances answer={instances} live={live} onDeployments={(instance) => setDialog({ instance })} />
        <div className="low">
          <Mapping
            answer={rules}
            state={state}
            places={places}
            decidedBy={decidedBy}
            draft={draft}
            onDraftDone={() => setDraft(undefined)}
            onImport={() => setDialog('import')}
            onExport={() => setDialog('export')}
          />
          <Resolver
            changes={[instances.value, rules.value, deployments.value]}
            live={live}
            deployments={deployments.value}
            onDecided={setDecidedBy}
            onMakeRule={editable ? setDraft : undefined}
            onProbe={({ instance, deployment }) => setDialog({ instance, deployment })}
          />
        </div>
      </div>
      {dialog === 'import' && (
        <ImportDialog editable={editable} onClose={() => setDialog(undefined)} onImported={imported} />
      )}
      {dialog === 'export' && <ExportDialog onClose={() => setDialog(undefined)} />}
      {typeof dialog === 'object' && (
        <DeploymentsDialog
          instance={dialog.instance}
          deployments={(deployments.value ?? []).filter((one) => one.instance === dialog.instance)}
          opened={dialog.deployment}
          onProbed={deployments.reload}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  )
}
