/** What lies over every page; one at a time. */
export type ShellDialog =
  | { type: 'palette' }
  | { type: 'shortcuts' }
  | { type: 'clear' }
  /** `address`: of a link, as it was written; the user sees and saves it, nobody else. */
  | { type: 'instance'; address?: string }
