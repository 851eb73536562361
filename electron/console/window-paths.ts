/** Path under which the console answers a browser. */
export const CONSOLE = '/console'

/** Is this a path of the window for browsers: of the page, its assets, or the console? */
export function isWindowPath(path: string): boolean {
  return (
    path === '/' ||
    path === '/index.html' ||
    path === '/mark.svg' ||
    path === '/theme.js' ||
    path.startsWith('/assets/') ||
    path === CONSOLE ||
    path.startsWith(`${CONSOLE}/`)
  )
}
