const LOOK_EVERY_MS = 250

/**
 * Under npm a signal may not arrive: npm hands it to the shell between it and this process, and the shell dies without
 * passing it on. What is left to see is a new parent. Outside npm that is no sign: whoever starts a server in the
 * background and logs out wants it to stay.
 *
 * @param then called once, when the parent is gone
 * @returns {() => void} stops looking
 */
export function whenOrphaned(then) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return () => {}
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    then()
  }, LOOK_EVERY_MS)
  look.unref()
  return () => clearInterval(look)
}
