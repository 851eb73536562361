import { Fragment, useState, type ReactElement } from 'react'
import type { OwnPrice } from '../../../shared/config.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { ListPrice, PricesView } from '../../../shared/spending.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { EditButtons } from './edit-buttons.tsx'
import { count } from '../../ui/format.ts'
import { sourceWords } from '../../ui/sources.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { Failed } from './failed.tsx'
import { PriceDialog } from './price-dialog.tsx'
import './money.css'

/** List prices with the day on which they were read, and the user's own in their place. */
export function Prices(): ReactElement {
  const { console } = useServices()
  const answer = useAnswer(() => console.prices.list(), [console])
  const [edited, setEdited] = useState<{ name: string | undefined }>()
  const [failure, setFailure] = useState<Failure>()
  const { value: view } = answer
  const fixed = view !== undefined && view.source !== 'settings' && view.source !== 'default'

  const save = async (prices: PricesView['own']): Promise<void> => {
    answer.set(await console.prices.save({ prices }))
    setFailure(undefined)
  }
  const remove = (name: string): void => {
    const { [name]: _removed, ...rest } = view?.own ?? {}
    save(rest).catch((error: unknown) => setFailure(failureOf(error)))
  }

  return (
    <section aria-labelledby="h-prices" id="prices">
      <div className="sec-h">
        <h2 id="h-prices">Prices</h2>
        <span className="grow" />
        <Button
          icon="plus"
          size="sm"
          disabled={view === undefined || fixed}
          onClick={() => setEdited({ name: undefined })}
        >
          Add own price
        </Button>
      </div>
      <p className="hint sec-hint">
        USD per million tokens. What you pay may be less than the list: set your own price for a model or a deployment.
      </p>
      <Failed failure={failure ?? answer.failure} />
      {view !== undefined && namesOf(view).length === 0 && (
        <p className="t2 none-yet">No model with a list price is configured.</p>
      )}
      {view !== undefined && namesOf(view).length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
        <div className="money-scroll" role="group" aria-label="Prices, list" tabIndex={0}>
          <table className="money-table">
            <thead>
              <tr>
                <th scope="col">Model or deployment</th>
                <th scope="col" className="num">
                  Input
                </th>
                <th scope="col" className="num">
                  Cached
                </th>
                <th scope="col" className="num">
                  Cache write
                </th>
                <th scope="col" className="num">
                  Output
                </th>
                <th scope="col">From</th>
                <th scope="col">
                  <span className="sr">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {namesOf(view).map((name) => (
                <Fragment key={name}>
                  {view.own[name] !== undefined && (
                    <OwnRow
                      name={name}
                      price={view.own[name]}
                      fixed={fixed}
                      onEdit={() => setEdited({ name })}
                      onRemove={() => remove(name)}
                    />
                  )}
                  {view.listed
                    .filter(({ model }) => model === name)
                    .map((price) => (
                      <ListRow key={price.above ?? 0} price={price} />
                    ))}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {fixed && <span className="src">set {sourceWords(view.source)}, so they cannot be changed here</span>}
      {edited !== undefined && view !== undefined && (
        <PriceDialog
          name={edited.name}
          price={edited.name === undefined ? undefined : view.own[edited.name]}
          names={view.names}
          onClose={() => setEdited(undefined)}
          onSave={(name, price) => save({ ...view.own, [name]: price })}
        />
      )}
    </section>
  )
}

/** The user's own first, then what is served and listed. */
function namesOf({ own, listed }: PricesView): string[] {
  return [...new Set([...Object.keys(own), ...listed.map(({ model }) => model)])]
}

interface OwnRowProps {
  name: string
  price: OwnPrice
  fixed: boolean
  onEdit: () => void
  onRemove: () => void
}

function OwnRow({ name, price, fixed, onEdit, onRemove }: OwnRowProps): ReactElement {
  return (
    <tr>
      <th scope="row" className="mono">
        {name}
      </th>
      <Figures input={price.input} cached={price.cached} write={price.cache_write} output={price.output} none="list" />
      <td>your own</td>
      <td className="num">
        <div className="row end">
          <EditButtons of={`price of ${name}`} fixed={fixed} onEdit={onEdit} onRemove={onRemove} />
        </div>
      </td>
    </tr>
  )
}

function ListRow({ price }: { price: ListPrice }): ReactElement {
  return (
    <tr>
      <th scope="row">
        <span className="mono">{price.model}</span>
        {price.above !== undefined && <span className="t3 sub-line">prompts over {count(price.above)} tokens</span>}
      </th>
      <Figures input={price.input} cached={price.cached} write={price.cacheWrite} output={price.output} none="—" />
      <td title={price.source}>list, read {price.asOf}</td>
      <td />
    </tr>
  )
}

interface FiguresProps {
  input: number | undefined
  cached: number | undefined
  write: number | undefined
  output: number | undefined
  /** What stands where there is no figure. */
  none: string
}

function Figures({ input, cached, write, output, none }: FiguresProps): ReactElement {
  return (
    <>
      {[input, cached, write, output].map((figure, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- always the same four, in this order
        <td key={at} className="num">
          {figure === undefined ? <span className="t3">{none}</span> : priceWords(figure)}
        </td>
      ))}
    </>
  )
}

/** At least cents, and every further place that counts: `$1.25`, `$0.125`. */
function priceWords(usd: number): string {
  const cents = usd.toFixed(2)
  return `$${Number(cents) === usd ? cents : usd}`
}
