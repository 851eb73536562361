import { useEffect, useState } from 'react'
import type { Options } from 'react-markdown'

type Plugins = NonNullable<Options['rehypePlugins']>

const NONE: Plugins = []

/** Colours for code, loaded when the first block of code is complete; until then it is shown plain. */
export function useHighlighter(wanted: boolean): Plugins {
  const [plugins, setPlugins] = useState<Plugins>(NONE)
  useEffect(() => {
    if (!wanted) return
    let gone = false
    void import('./highlighter.ts').then(({ highlighter }) => {
      if (!gone) setPlugins(highlighter)
      return undefined
    })
    return () => {
      gone = true
    }
  }, [wanted])
  return plugins
}
