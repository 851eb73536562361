import { useState, type ReactElement } from 'react'
import { useServices } from '../../services.tsx'
import { plural } from '../../ui/format.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { Instances } from './instances.tsx'
import { Mapping } from './mapping.tsx'
import { Resolver } from './resolver.tsx'
import './models.css'

/** Where models are served from, under which names, and where a name leads. */
export default function ModelsPage(): ReactElement {
  const { console } = useServices()
  const instances = useAnswer(() => console.instances.list(), [console])
  const rules = useAnswer(() => console.rules.list(), [console])
  const [decidedBy, setDecidedBy] = useState<number>()
  const names = instances.value?.map((view) => view.instance.name) ?? []
  return (
    <>
      <header className="toolbar">
        <h1>Models</h1>
        <span className="sub cut">
          {instances.value &&
            rules.value &&
            `${plural(instances.value.length, 'instance')}, ${plural(rules.value.rules.length, 'rule')}`}
        </span>
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="mp" tabIndex={0} role="group" aria-label="Instances, mapping and resolver">
        <Instances answer={instances} />
        <div className="low">
          <Mapping answer={rules} instances={names} decidedBy={decidedBy} />
          <Resolver changes={[instances.value, rules.value]} onDecided={setDecidedBy} />
        </div>
      </div>
    </>
  )
}
