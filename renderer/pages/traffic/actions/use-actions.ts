import { useMemo } from 'react'
import type { Resent } from '../../../../shared/resend.ts'
import { failureOf } from '../../../console.ts'
import { go } from '../../../route.ts'
import { useLive, useServices } from '../../../services.tsx'
import { plural } from '../../../ui/format.ts'
import { useNotice } from '../../../ui/notice.tsx'
import { actionState } from './action-state.ts'
import { matchingIds } from './matching-ids.ts'
import { recordedCode, type CodeKind } from './recorded-call.ts'

export interface Actions {
  /** Sends it again as it was, and shows the new exchange. */
  replay: (id: string) => void
  /** Hangs up on a replay that still runs. */
  stopReplay: (id: string) => void
  edit: (id: string) => void
  /** Pins it, or lets go of it. */
  pin: (id: string) => void
  /** Compares with the pinned one. */
  compare: (id: string) => void
  copyAs: (id: string, kind: CodeKind) => void
  exportFile: (ids: readonly string[]) => void
  serveAsMock: (ids: readonly string[]) => void
  /** Exports, or serves, what the filter matches. */
  withMatching: (what: 'export' | 'mock', filter: string) => void
  importFile: (file: File) => void
}

/** What can be done with exchanges, from wherever it is asked for. */
export function useActions(): Actions {
  const { console } = useServices()
  const { notify } = useNotice()
  const info = useLive((state) => state.info)
  return useMemo(() => {
    const { ask, setPinned, setPicked } = actionState.getState()
    const complain = (error: unknown): void => {
      const { message, fix } = failureOf(error)
      notify(fix === undefined ? message : `${message} ${fix}`)
    }
    const compare = (before: string | undefined, after: string): void => {
      if (before === undefined) notify('Pin an exchange first (P); then compare another one with it.')
      else if (before === after) notify('This is the pinned exchange; open another one to compare.')
      else ask({ kind: 'compare', before, after })
    }
    const copy = async (id: string, kind: CodeKind): Promise<void> => {
      if (info === undefined) return
      const made = recordedCode(await console.traffic.get({ id }), info, kind)
      if ('problem' in made) return notify(made.problem)
      await navigator.clipboard
        .writeText(made.code)
        .then(() => notify(`Copied as ${kind}${info.auth === 'token' ? '; LAZULI_KEY stands for the local key' : ''}.`))
        .catch(() => notify('The browser refused to copy. Open Request and copy it by hand.'))
    }
    const takeIn = async (file: File): Promise<void> => {
      const { ids, renamed } = await console.traffic.import({ text: await file.text() })
      const others = renamed === 0 ? '' : `; ${plural(renamed, 'id')} taken before: new ones are given`
      notify(`${plural(ids.length, 'exchange')} imported from ${file.name}${others}.`)
      const last = ids.at(-1)
      if (last !== undefined) go('traffic', last)
    }
    return {
      replay: (id) => void console.traffic.resend({ id }).then((resent) => showResent(resent, notify), complain),
      stopReplay: (id) =>
        void console.traffic
          .stopReplay({ id })
          .then(({ stopped }) => (stopped ? undefined : notify('It has ended already.')), complain),
      edit: (id) => ask({ kind: 'edit', id }),
      pin: (id) => setPinned(actionState.getState().pinned === id ? undefined : id),
      compare: (id) => compare(actionState.getState().pinned, id),
      copyAs: (id, kind) => void copy(id, kind).catch(complain),
      exportFile: (ids) => ask({ kind: 'export', ids, more: false }),
      serveAsMock: (ids) => ask({ kind: 'mock', ids, more: false }),
      withMatching: (what, filter) =>
        void matchingIds(console, filter).then((found) => {
          setPicked([])
          if (found.ids.length === 0) notify('There is no exchange that matches.')
          else ask({ kind: what, ...found })
          return undefined
        }, complain),
      importFile: (file) => void takeIn(file).catch(complain),
    }
  }, [console, info, notify])
}

/** Opens the new exchange, and says where a secret is missing in it. */
export function showResent({ id, redacted }: Resent, notify: (text: string) => void): void {
  actionState.getState().setPicked([])
  go('traffic', id)
  const [first] = redacted
  if (first === undefined) return
  const others = redacted.length === 1 ? '' : ` and ${plural(redacted.length - 1, 'other place')}`
  notify(`Sent with asterisks at ${first}${others}: secrets are not recorded.`)
}
