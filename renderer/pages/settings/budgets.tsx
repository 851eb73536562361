import { useState, type ReactElement } from 'react'
import type { Budget } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { BudgetView } from '../../../shared/spending.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { EditButtons } from './edit-buttons.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Icon } from '../../ui/icons.tsx'
import { sourceWords } from '../../ui/sources.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { BudgetDialog } from './budget-dialog.tsx'
import { BudgetMeter } from './budget-meter.tsx'
import { Failed } from './failed.tsx'
import './money.css'

/** Limits of what may be spent, and how far each is used. */
export function Budgets(): ReactElement {
  const { console } = useServices()
  const answer = useAnswer(() => console.budgets.list(), [console])
  const [edited, setEdited] = useState<number | 'new'>()
  const [removed, setRemoved] = useState<number>()
  const [failure, setFailure] = useState<Failure>()
  const { value: view } = answer
  const fixed = view !== undefined && view.source !== 'settings' && view.source !== 'default'
  const budgets = view?.budgets ?? []

  const save = async (next: Budget[]): Promise<void> => {
    answer.set(await console.budgets.save({ budgets: next }))
    setFailure(undefined)
  }
  const replaced = (at: number | 'new', budget: Budget): Budget[] => {
    const before = budgets.map((one) => one.budget)
    return at === 'new' ? [...before, budget] : before.with(at, budget)
  }
  const remove = (at: number): void => {
    save(budgets.map((one) => one.budget).toSpliced(at, 1)).catch((error: unknown) => setFailure(failureOf(error)))
  }

  return (
    <section aria-labelledby="h-budgets" id="budgets">
      <div className="sec-h">
        <h2 id="h-budgets">Budgets</h2>
        <span className="grow" />
        <Button icon="plus" size="sm" disabled={view === undefined || fixed} onClick={() => setEdited('new')}>
          Add budget
        </Button>
      </div>
      <p className="hint sec-hint">
        Per day or month of this computer’s calendar. A running answer is never cut; what comes after it is told or
        refused.
      </p>
      <Failed failure={failure ?? answer.failure} />
      {view !== undefined && budgets.length === 0 && (
        <p className="t2 none-yet">No budget is set: nothing is limited.</p>
      )}
      <ul className="money-list" aria-label="Budgets">
        {budgets.map((one, at) => (
          <BudgetRow
            key={JSON.stringify(one.budget)}
            view={one}
            fixed={fixed}
            onEdit={() => setEdited(at)}
            onRemove={() => setRemoved(at)}
          />
        ))}
      </ul>
      {view !== undefined && view.unpriced.length > 0 && (
        <p className="st warn f12 wrap">
          <Icon name="warn" size={14} />
          Not counted, because no price is known: {view.unpriced.join(', ')}. Set one under Prices.
        </p>
      )}
      {fixed && <span className="src">set {sourceWords(view.source)}, so they cannot be changed here</span>}
      {edited !== undefined && (
        <BudgetDialog
          budget={edited === 'new' ? undefined : budgets[edited]}
          onClose={() => setEdited(undefined)}
          onSave={(budget) => save(replaced(edited, budget))}
        />
      )}
      <Confirm
        open={removed !== undefined}
        title="Remove this budget?"
        action="Remove"
        onClose={() => setRemoved(undefined)}
        onConfirm={() => removed !== undefined && remove(removed)}
      >
        What was spent stays counted; it is not limited any more.
      </Confirm>
    </section>
  )
}

interface BudgetRowProps {
  view: BudgetView
  fixed: boolean
  onEdit: () => void
  onRemove: () => void
}

function BudgetRow({ view: { budget, of, uses }, fixed, onEdit, onRemove }: BudgetRowProps): ReactElement {
  const name = scopeWords(of)
  return (
    <li>
      <div className="money-name">
        <span className="cut med" title={name}>
          {name}
        </span>
        <span className="t3 f12">{budget.on_exceed === 'block' ? 'blocks' : 'warns'}</span>
      </div>
      <div className="budget-uses">
        {uses.map((use) => (
          <BudgetMeter key={use.period} use={use} of={name} />
        ))}
      </div>
      <div className="row">
        <EditButtons of={`budget of ${name}`} fixed={fixed} onEdit={onEdit} onRemove={onRemove} />
      </div>
    </li>
  )
}

function scopeWords(of: BudgetView['of']): string {
  switch (of.type) {
    case 'all':
      return 'All spending'
    case 'key':
      return `Key ${of.name}`
    case 'deployment':
      return of.instance === undefined ? of.deployment : `${of.instance}/${of.deployment}`
  }
}
