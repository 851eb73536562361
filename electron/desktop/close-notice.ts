import { Notification } from 'electron'

/** Says that a closed window does not end Lazuli. */
export function sayThatServingGoesOn(baseUrl: string): void {
  if (!Notification.isSupported()) return
  new Notification({
    title: 'Lazuli keeps serving',
    body: `Your tools still reach it at ${baseUrl}. The tray icon opens the window again, or quits.`,
    silent: true,
  }).show()
}
