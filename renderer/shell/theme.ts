/** The theme is one attribute on the root element; the tokens do the rest. */

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'lazuli-theme'

export function applyTheme(page: Document, theme: Theme): void {
  if (theme === 'system') delete page.documentElement.dataset['theme']
  else page.documentElement.dataset['theme'] = theme
}

/** The last theme that was set, so that the first frame has it before the engine answers. */
export function rememberedTheme(storage: Storage): Theme {
  const theme = storage.getItem(KEY)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export function rememberTheme(storage: Storage, theme: Theme): void {
  storage.setItem(KEY, theme)
}
