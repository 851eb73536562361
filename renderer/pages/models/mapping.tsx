import { useState, type KeyboardEvent, type ReactElement } from 'react'
import type { Rule } from '../../../shared/config.ts'
import type { RulesView } from '../../../shared/mapping.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { sourceWords } from '../../ui/sources.ts'
import type { Answer } from '../../ui/use-answer.ts'
import { moved } from './rule-history.ts'
import { RuleEditor } from './rule-editor.tsx'
import { ruleProblems, type KnownPlaces, type RuleFix } from './rule-problems.ts'
import { RuleRow } from './rule-row.tsx'
import type { RulesState } from './use-rules.ts'
import './mapping.css'

export interface MappingProps {
  answer: Answer<RulesView>
  state: RulesState
  places: KnownPlaces
  /** The rule that the resolver took. */
  decidedBy: number | undefined
  /** A rule that is to be written, e.g. from the resolver. */
  draft: Partial<Rule> | undefined
  onDraftDone: () => void
  onImport: () => void
  onExport: () => void
}

const SAVE_WORDS = { saved: 'Saved', saving: 'Saving…', failed: 'Not saved' } as const

/** The ordered table of model names. A committed change is saved at once. */
export function Mapping(props: MappingProps): ReactElement {
  const { answer, state, places, decidedBy, draft, onDraftDone } = props
  const { history } = state
  const { rules } = history
  const [editing, setEditing] = useState<number | 'new'>()
  const [drag, setDrag] = useState<{ from: number; over: number }>()
  const [told, setTold] = useState('')
  const source = answer.value?.source ?? 'settings'
  const editable = source === 'settings' || source === 'default'
  const problems = ruleProblems(rules, places)
  const failure = state.failure ?? answer.failure
  const writing = draft === undefined ? editing : 'new'

  const move = (from: number, to: number): void => {
    const next = moved(rules, from, to)
    if (next === rules) return
    setTold(`Rule ${rules[from]?.model ?? ''} is now at place ${to + 1} of ${rules.length}.`)
    state.change(`moved rule ${from + 1}`, next)
  }
  const onDrag = (from: number, over: number | undefined, dropped: boolean): void => {
    if (dropped) {
      setDrag(undefined)
      if (over !== undefined) move(from, over)
    } else setDrag(over === undefined ? undefined : { from, over })
  }
  const close = (): void => {
    setEditing(undefined)
    onDraftDone()
  }
  const put = (at: number | 'new', rule: Rule): void => {
    close()
    if (at === 'new') state.change(`added rule ${rules.length + 1}`, [...rules, rule])
    else state.change(`changed rule ${at + 1}`, rules.with(at, rule))
  }
  /** The place of a new rule: in front of those that would swallow it. */
  const addInFront = (rule: Rule): void => {
    const at = ruleProblems([...rules, rule], places)
      .at(-1)
      ?.find(({ field }) => field === 'model')?.fix
    if (at === undefined || !('moveTo' in at)) put('new', rule)
    else {
      close()
      state.change(`added rule ${at.moveTo + 1}`, rules.toSpliced(at.moveTo, 0, rule))
    }
  }
  const fix = (at: number, how: RuleFix): void => {
    if ('moveTo' in how) move(at, how.moveTo)
    else put(at, how.rule)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target instanceof HTMLInputElement) return
    const key = event.key.toLowerCase()
    if (key === 'z' && !event.shiftKey) state.undo()
    else if (key === 'y' || (key === 'z' && event.shiftKey)) state.redo()
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
          {editable ? 'First match wins. Alt ↑ ↓ moves a rule.' : `Set ${sourceWords(source)}`}
        </span>
        <span className="grow" />
        {editable && history.past.length + history.future.length > 0 && (
          <span className="hint" role="status">
            {SAVE_WORDS[state.save]}
          </span>
        )}
        <IconButton
          icon="undo"
          label="Undo"
          look="ghost"
          title={lastPast ? `Undo: ${lastPast.what}  Ctrl Z` : 'Undo'}
          disabled={!lastPast || !editable}
          onClick={state.undo}
        />
        <IconButton
          icon="redo"
          label="Redo"
          look="ghost"
          title={lastFuture ? `Redo: ${lastFuture.what}  Ctrl Shift Z` : 'Redo'}
          disabled={!lastFuture || !editable}
          onClick={state.redo}
        />
        <Button look="ghost" onClick={props.onImport}>
          Import…
        </Button>
        <Button look="ghost" onClick={props.onExport}>
          Export
        </Button>
        <Button icon="plus" disabled={!editable || writing === 'new'} onClick={() => setEditing('new')}>
          Add rule
        </Button>
      </div>
      {!editable && (
        <Banner
          kind="info"
          title={`The rules are set ${sourceWords(source)}, so they cannot be changed here.`}
          text={answer.value?.where && `Change them there: ${answer.value.where}`}
        />
      )}
      {failure && <Banner kind="err" title={failure.message} text={failure.fix} />}
      <div className="sr" aria-live="assertive">
        {told}
      </div>
      <div className="rules" role="table" aria-label="Rules">
        <div className="g-head" role="row">
          <span role="columnheader">
            <span className="sr">Order</span>
          </span>
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
          writing === index ? (
            <RuleEditor
              // oxlint-disable-next-line react/no-array-index-key -- the place is what is edited
              key={`edit-${index}`}
              number={index + 1}
              rule={rule}
              places={places}
              problemsOf={(next) => ruleProblems(rules.with(index, next), places)[index] ?? []}
              onCancel={close}
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
              problems={problems[index] ?? []}
              drop={drag?.over !== index || drag.from === index ? undefined : drag.from < index ? 'after' : 'before'}
              dragged={drag?.from === index}
              onMove={(to) => move(index, to)}
              onDrag={(over, dropped) => onDrag(index, over, dropped)}
              onEdit={() => setEditing(index)}
              onDuplicate={() => {
                state.change(`duplicated rule ${index + 1}`, rules.toSpliced(index + 1, 0, rule))
                setEditing(index + 1)
              }}
              onRemove={() => state.change(`removed rule ${index + 1}`, rules.toSpliced(index, 1))}
              onFix={(how) => fix(index, how)}
            />
          ),
        )}
        {writing === 'new' && (
          <RuleEditor
            key="new"
            number={rules.length + 1}
            rule={draft}
            places={places}
            problemsOf={(next) => (draft === undefined ? (ruleProblems([...rules, next], places).at(-1) ?? []) : [])}
            onCancel={close}
            onCommit={(rule) => (draft === undefined ? put('new', rule) : addInFront(rule))}
          />
        )}
      </div>
      {answer.value && rules.length === 0 && writing !== 'new' && (
        <p className="hint map-none">
          No rules. A model name goes to the instance that lists it, under the same name. Add a rule to send a name, or
          a pattern such as <span className="mono">gpt-5*</span>, somewhere else.
        </p>
      )}
    </section>
  )
}
