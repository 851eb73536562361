/** What goes over the pipe between a window's preload world and the main process. */

export type ToMain =
  | { type: 'send'; channel: string; args: unknown[] }
  | { type: 'invoke'; id: number; channel: string; args: unknown[] }
  | { type: 'post-message'; channel: string; data: unknown; ports: string[] }
  | { type: 'port-message'; port: string; data: unknown }
  | { type: 'port-close'; port: string }
  /** A deliberate input of the user reached the page. */
  | { type: 'input'; input: string }
  | { type: 'open-window'; url: string }
  | { type: 'preload-error'; message: string }

export type ToPage =
  | { type: 'message'; channel: string; args: unknown[] }
  | { type: 'message-with-ports'; channel: string; data: unknown; ports: string[] }
  | { type: 'reply'; id: number; channel: string; ok: true; value: unknown }
  | { type: 'reply'; id: number; channel: string; ok: false; message: string }
  | { type: 'port-message'; port: string; data: unknown }
  | { type: 'port-close'; port: string }

/** Names under which the two ends find each other in a page; random, so that a page cannot guess them. */
export interface PipeNames {
  /** DOM events between the page's world and the preload's. */
  toPreload: string
  toPage: string
  /** CDP binding: preload → main process. */
  binding: string
  /** Global function of the preload's world: main process → preload. */
  receive: string
}
