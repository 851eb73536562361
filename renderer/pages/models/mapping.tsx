import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react'
import type { Rule, Source } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { sourceWords } from '../../ui/sources.ts'
import type { Answer } from '../../ui/use-answer.ts'
import { changed, historyOf, moved, redone, undone, type RuleHistory } from './rule-history.ts'
import { RuleEditor } from './rule-editor.tsx'

export interface MappingProps {
  answer: Answer<{ rules: Rule[]; source: Source }>
  instances: readonly string[]
  /** The rule that the resolver took. */
  decidedBy: number | undefined
}

/** The ordered table of model names. A committed change is saved at once. */
export function Mapping({ answer, instances, decidedBy }: MappingProps): ReactElement {
  const { console } = useServices()
  const [history, setHistory] = useState<RuleHistory>(() => historyOf(answer.value?.rules ?? []))
  const [editing, setEditing] = useState<number | 'new'>()
  const [failure, setFailure] = useState<Failure>()
  const source = answer.value?.source ?? 'settings'
  const editable = source === 'settings' || source === 'default'
  const { rules } = history

  // What the engine has is the truth; the past of this page is kept as long as it agrees with it.
  const known = answer.value?.rules
  const [seen, setSeen] = useState(known)
  if (known !== undefined && known !== seen) {
    setSeen(known)
    if (!same(history.rules, known)) setHistory(historyOf(known))
  }

  const commit = (next: RuleHistory): void => {
    const before = history
    setHistory(next)
    setFailure(undefined)
    console.rules.save({ rules: [...next.rules] }).then(
      (saved) => {
        // Saved texts are trimmed; the history goes on with what was stored.
        setHistory((now) => (now === next ? { ...next, rules: saved.rules } : now))
        return answer.set(saved)
      },
      (error: unknown) => {
        setHistory(before)
        setFailure(failureOf(error))
      },
    )
  }
  const move = (at: number, by: -1 | 1): void => {
    const next = moved(rules, at, by)
    if (next !== rules) commit(changed(history, `moved rule ${at + 1}`, next))
  }
  const remove = (at: number): void =>
    commit(
      changed(
        history,
        `removed rule ${at + 1}`,
        rules.filter((_, index) => index !== at),
      ),
    )
  const put = (at: number | 'new', rule: Rule): void => {
    setEditing(undefined)
    if (at === 'new') commit(changed(history, `added rule ${rules.length + 1}`, [...rules, rule]))
    else
      commit(
        changed(
          history,
          `changed rule ${at + 1}`,
          rules.map((other, index) => (index === at ? rule : other)),
        ),
      )
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target instanceof HTMLInputElement) return
    const key = event.key.toLowerCase()
    if (key === 'z' && !event.shiftKey && history.past.length > 0) commit(undone(history))
    else if ((key === 'y' || (key === 'z' && event.shiftKey)) && history.future.length > 0) commit(redone(history))
    else return
    event.preventDefault()
  }

  const lastPast = history.past.at(-1)
  const lastFuture = history.future.at(-1)
  return (
    <section className="map" role="region" aria-label="Mapping" onKeyDown={onKeyDown}>
      <div className="sec-h">
        <h2>Mapping</h2>
        <span className="hint cut">
          {editable
            ? 'First match wins. Alt ↑ ↓ moves a rule.'
            : `Set ${sourceWords(source)}, so it cannot be changed here.`}
        </span>
        <span className="grow" />
        <IconButton
          icon="undo"
          label="Undo"
          look="ghost"
          title={lastPast ? `Undo: ${lastPast.what}` : 'Undo'}
          disabled={!lastPast}
          onClick={() => commit(undone(history))}
        />
        <IconButton
          icon="redo"
          label="Redo"
          look="ghost"
          title={lastFuture ? `Redo: ${lastFuture.what}` : 'Redo'}
          disabled={!lastFuture}
          onClick={() => commit(redone(history))}
        />
        <Button icon="plus" disabled={!editable || editing === 'new'} onClick={() => setEditing('new')}>
          Add rule
        </Button>
      </div>
      {(failure ?? answer.failure) && (
        <Banner kind="err" title={(failure ?? answer.failure)?.message ?? ''} text={(failure ?? answer.failure)?.fix} />
      )}
      <div className="rules" role="table" aria-label="Rules">
        <div className="g-head" role="row">
          <span role="columnheader" className="num">
            #
          </span>
          <span role="columnheader">Model or pattern</span>
          <span role="columnheader">Instances</span>
          <span role="columnheader">Deployment</span>
          <span role="columnheader">Upstream API</span>
          <span role="columnheader">
            <span className="sr">Actions</span>
          </span>
        </div>
        {rules.map((rule, index) =>
          editing === index ? (
            <RuleEditor
              // oxlint-disable-next-line react/no-array-index-key -- the place is what is edited
              key={`edit-${index}`}
              number={index + 1}
              rule={rule}
              instances={instances}
              onCancel={() => setEditing(undefined)}
              onCommit={(next) => put(index, next)}
            />
          ) : (
            <RuleRow
              // oxlint-disable-next-line react/no-array-index-key -- a rule is known by its place
              key={index}
              rule={rule}
              index={index}
              count={rules.length}
              selected={index === decidedBy}
              editable={editable}
              onMove={(by) => move(index, by)}
              onEdit={() => setEditing(index)}
              onRemove={() => remove(index)}
            />
          ),
        )}
        {editing === 'new' && (
          <RuleEditor
            number={rules.length + 1}
            instances={instances}
            onCancel={() => setEditing(undefined)}
            onCommit={(rule) => put('new', rule)}
          />
        )}
      </div>
      {answer.value && rules.length === 0 && editing !== 'new' && (
        <p className="hint map-none">
          No rules. A model name goes to the instance that lists it, under the same name. Add a rule to send a name, or
          a pattern such as <span className="mono">gpt-5*</span>, somewhere else.
        </p>
      )}
    </section>
  )
}

function same(a: readonly Rule[], b: readonly Rule[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

interface RuleRowProps {
  rule: Rule
  index: number
  count: number
  selected: boolean
  editable: boolean
  onMove: (by: -1 | 1) => void
  onEdit: () => void
  onRemove: () => void
}

function RuleRow({ rule, index, count, selected, editable, onMove, onEdit, onRemove }: RuleRowProps): ReactElement {
  const row = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!editable || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    const by = event.key === 'ArrowUp' ? -1 : 1
    // The focus goes along with the rule, on the same button.
    const rows = [...(row.current?.parentElement?.querySelectorAll<HTMLElement>('.g-row') ?? [])]
    const buttons = [...(row.current?.querySelectorAll('button') ?? [])]
    const which = buttons.indexOf(document.activeElement as HTMLButtonElement)
    rows[index + by]?.querySelectorAll('button')[which]?.focus()
    onMove(by)
  }
  return (
    <div
      ref={row}
      className={selected ? 'g-row on' : 'g-row'}
      role="row"
      aria-current={selected ? true : undefined}
      onKeyDown={onKeyDown}
      onDoubleClick={editable ? onEdit : undefined}
    >
      <span role="cell" className="num t3">
        {index + 1}
      </span>
      <span role="cell" className="mono cut" title={rule.model}>
        {rule.model}
      </span>
      <span role="cell" className="cut" title={rule.instances.join(' then ')}>
        {rule.instances.length === 0 ? <span className="t3">any</span> : <Ordered names={rule.instances} />}
      </span>
      <span role="cell" className="mono t2 cut">
        {rule.deployment ?? <span className="t3">same as model</span>}
      </span>
      <span role="cell">{rule.api === 'auto' ? 'auto' : dialectName(rule.api)}</span>
      <span role="cell" className="rule-acts">
        {editable && (
          <>
            <IconButton
              icon="arrow-d"
              className="up"
              label={`Move rule ${index + 1} up`}
              keys="Alt ↑"
              look="ghost"
              size="sm"
              disabled={index === 0}
              onClick={() => onMove(-1)}
            />
            <IconButton
              icon="arrow-d"
              label={`Move rule ${index + 1} down`}
              keys="Alt ↓"
              look="ghost"
              size="sm"
              disabled={index === count - 1}
              onClick={() => onMove(1)}
            />
            <IconButton icon="edit" label={`Edit rule ${index + 1}`} look="ghost" size="sm" onClick={onEdit} />
            <IconButton icon="clear" label={`Remove rule ${index + 1}`} look="ghost" size="sm" onClick={onRemove} />
          </>
        )}
      </span>
    </div>
  )
}

function Ordered({ names }: { names: readonly string[] }): ReactElement {
  return (
    <>
      {names.map((name, index) => (
        <span key={name}>
          {index > 0 && <span className="t3"> then </span>}
          {name}
        </span>
      ))}
    </>
  )
}
