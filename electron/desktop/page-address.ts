/** Where the window's page comes from. */
export interface PageAddress {
  url: string
  /** Serialised as `WebFrameMain.origin` has it. */
  origin: string
}

export const APP_SCHEME = 'app'
const APP_HOST = 'bundle'

/** The page as it is shipped. */
export const BUNDLED_PAGE: PageAddress = {
  url: `${APP_SCHEME}://${APP_HOST}/index.html`,
  origin: `${APP_SCHEME}://${APP_HOST}`,
}

/**
 * @param devServer Address of the development server, if the app runs under it. A packaged app must pass undefined: its
 *   page does not depend on a variable of the environment.
 */
export function pageAddress(devServer: string | undefined): PageAddress {
  if (devServer === undefined || devServer === '') return BUNDLED_PAGE
  return { url: devServer, origin: new URL(devServer).origin }
}

/** Does this address belong to the page? `URL.origin` is no help: it is "null" for schemes that the URL parser does not know. */
export function belongsTo(page: PageAddress, url: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(url)
    return `${protocol}//${host}` === page.origin && username === '' && password === ''
  } catch {
    return false
  }
}
