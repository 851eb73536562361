import { Fragment, type ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { modifier } from './rail.tsx'
import './palette/palette.css'

type Keys = readonly [what: string, ...keys: string[]]

/** `mod` stands for the command key of this system. */
const GROUPS: readonly { title: string; keys: readonly Keys[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['Command palette', 'mod K'],
      ['Traffic, Playground, Models, Tools, Settings', 'mod 1', '–', 'mod 5'],
      ['These shortcuts', '?'],
      ['Close what is open', 'Esc'],
    ],
  },
  {
    title: 'Traffic',
    keys: [
      ['Go to the filter', 'mod F'],
      ['Next, previous exchange', 'j', 'k'],
      ['Open the exchange', 'Enter'],
      ['Close its details', 'Esc'],
      ['Replay', 'r'],
      ['Pin', 'p'],
      ['Compare with the pinned one', 'd'],
      ['Copy as cURL', 'mod ⇧ C'],
    ],
  },
  {
    title: 'Stream of an exchange',
    keys: [
      ['Previous, next event', '[', ']'],
      ['Play, pause', 'Space'],
    ],
  },
  {
    title: 'Playground',
    keys: [
      ['Send', 'mod Enter'],
      ['Stop', 'Esc'],
    ],
  },
  {
    title: 'Models',
    keys: [
      ['Undo, redo a change of the mapping', 'mod Z', 'mod Y'],
      ['Move a rule', 'Alt ↑', 'Alt ↓'],
    ],
  },
]

/** All keys on one page. */
export default function Shortcuts({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Dialog open title="Keyboard shortcuts" onClose={onClose}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="dialog-body shortcuts-body" tabIndex={0} role="group" aria-label="Shortcuts">
        <div className="shortcuts">
          {GROUPS.map(({ title, keys }) => (
            <section key={title} aria-label={title}>
              <h3>{title}</h3>
              <dl>
                {keys.map(([what, ...pressed]) => (
                  <div key={what}>
                    <dt>{what}</dt>
                    <dd>
                      {pressed.map((key) => (
                        <Fragment key={key}>
                          {key === '–' ? ' – ' : <kbd className="kbd">{key.replace('mod ', modifier())}</kbd>}{' '}
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
      <footer>
        <Button onClick={onClose}>Close</Button>
      </footer>
    </Dialog>
  )
}
