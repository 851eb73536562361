/**
 * What the desktop window gives its page besides the console: `window.lazuli`, put there by the preload. In a browser
 * (headless) it is absent, which is how the page knows where it runs.
 */

export type NativePage = 'traffic' | 'playground' | 'models' | 'tools' | 'settings'

/** What a `lazuli://` address asks for. It opens and fills in; it never acts. */
export type NativeLink = { open: 'page'; page: NativePage; item?: string } | { open: 'add-instance'; address?: string }

/** What the application menu, the tray, a notification or a link can ask for. */
export type NativeCommand = NativePage | 'palette' | 'shortcuts' | NativeLink

export interface NativeApi {
  /** Node's `process.platform`, e.g. `darwin`; decides between ⌘ and Ctrl. */
  readonly platform: string
  /** Calls `listener` for each command of the menu or the tray. Returns the function that ends it. */
  onCommand(listener: (command: NativeCommand) => void): () => void
}

/**
 * The page asks for its console by posting this to its own window together with one MessagePort:
 * `window.postMessage(CONNECT_MESSAGE, '*', [port])`. A port cannot cross the context bridge; the preload passes it on.
 */
export const CONNECT_MESSAGE = 'lazuli:connect'

/** IPC channel on which the preload hands the page's port to the main process. */
export const CONNECT_CHANNEL = 'lazuli:connect'

/** IPC channel on which the main process sends a `NativeCommand`. */
export const COMMAND_CHANNEL = 'lazuli:command'
